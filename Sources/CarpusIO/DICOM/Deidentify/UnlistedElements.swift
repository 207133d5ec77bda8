/// Elements for which the table of PS3.15 is not enough.
enum UnlistedElements {
    /// Not in the table, and yet they tell a house or an order: who issued identifiers, and numbers of requests.
    static let identifying: Set<UInt32> = [
        // Issuers: of the accession number, of patients' IDs; placer and filler of an order.
        0x0008_0051, 0x0010_0024, 0x0040_0026, 0x0040_0027,
        // Their names and addresses, the facility, the jurisdiction, the department.
        0x0040_0031, 0x0040_0032, 0x0040_0033, 0x0040_0035, 0x0040_0036, 0x0040_0039, 0x0040_003A,
        // Retired numbers of orders of placers and fillers, of procedures and of services.
        0x0040_1006, 0x0040_1007, 0x0040_2006, 0x0040_2007,
    ]

    /// Days that are the same for everybody, or that a house knows of its scanner: moved with the others they would tell by how much.
    static let publicDays: Set<UInt32> = [
        // Versions of groups of codes and of templates.
        0x0008_0106, 0x0008_0107, 0x0040_DB06, 0x0040_DB07,
        // Calibration, manufacture and installation of devices.
        0x0014_407C, 0x0014_407E, 0x0018_1200, 0x0018_1201, 0x0018_1202, 0x0018_1203, 0x0018_1204, 0x0018_1205, 0x0018_700C, 0x0018_700E,
    ]
}
