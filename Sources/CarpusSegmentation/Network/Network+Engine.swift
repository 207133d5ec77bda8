import CNeural

extension Network.Port {
    init(_ port: CNeuralPort) {
        name = String(cString: port.name)
        shape = (0..<max(0, Int(port.rank))).map { port.shape[$0] < 0 ? nil : Int(port.shape[$0]) }
    }
}

extension SegmentationError {
    init(_ status: CNeuralStatus) {
        let message = withUnsafeBytes(of: status.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let code: Code = switch UInt32(bitPattern: status.code) {
        case CNEURAL_UNREADABLE.rawValue: .unreadableNetwork
        case CNEURAL_UNSUPPORTED.rawValue: .unsupportedOperator
        case CNEURAL_BAD_SHAPE.rawValue, CNEURAL_BAD_INPUT.rawValue: .badNetworkInput
        case CNEURAL_TOO_LARGE.rawValue: .networkTooLarge
        default: .engineFault
        }
        self.init(code, message)
    }
}
