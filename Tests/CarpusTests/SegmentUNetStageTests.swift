import Carpus
import CarpusPipeline
import Testing

@Suite struct SegmentUNetStageTests {
    @Test func whatIsNeededHasToBeARole() {
        var parameters = SegmentUNet.Parameters()
        parameters.model = "any"
        parameters.needs = ["t1gd", "subtraction"]
        #expect(parameters.complaint == nil)
        parameters.needs = ["t1gd", "gd"]
        #expect(parameters.complaint?.contains("not gd") == true)
    }
}
