public import Foundation

/// FFTW makes and frees one plan at a time in the whole process, whichever part of it asks; whoever does holds this lock. Running a
/// plan needs none.
public enum FourierPlanning {
    /// Held while a plan is made or freed.
    public static let lock = NSLock()
}
