/// A series the virtual scanner knows, by the role it plays in a protocol.
public enum SeriesRole: String, Sendable, Hashable, Codable, CaseIterable {
    /// Coronal T1 spin echo.
    case t1
    /// The same after gadolinium.
    case t1gd
    /// Coronal STIR.
    case stir
    /// Coronal 3D spoiled gradient echo with fat suppression, frame after frame, gadolinium on the way.
    case dce
    /// Coronal 2D gradient echo, T2*-weighted.
    case gre
    /// Axial T1 spin echo after gadolinium with fat suppression.
    case t1gdFatSaturated = "t1gd-fs"
}
