/// Which Carpus this is.
public enum Version {
    /// The version as it stands in results; part of the key under which results are stored.
    public static let current = "0.1.0"
}
