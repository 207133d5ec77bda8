import Carpus
import CarpusCore
import CarpusRegistration
import Testing

@Suite struct RegisterPartsStageTests {
    /// As where no atlas fits: the step has no result, and what follows goes by the motion of the whole.
    @Test func withoutAnAnatomyThereAreNoParts() throws {
        let scan = Volume<Float>(grid: try Grid(size: Index3(8, 8, 8), spacing: Vector3(1, 1, 1)), repeating: 1)
        #expect {
            try RegisterParts.run(.init(fixed: scan, moving: scan, transform: .identity), .init())
        } throws: { "\($0)".contains("no map of the anatomy says where the parts are") }
    }
}
