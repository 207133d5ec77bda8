/// Red, green and blue, 0 to 1.
struct Colour: Hashable, Sendable {
    var red, green, blue: Double

    init(_ red: Double, _ green: Double, _ blue: Double) { (self.red, self.green, self.blue) = (red, green, blue) }

    /// From components of 0 to 255; a colour that is not three numbers is grey.
    init(_ bytes: [UInt8]) {
        guard bytes.count == 3 else { self.init(0.5, 0.5, 0.5); return }
        self.init(Double(bytes[0]) / 255, Double(bytes[1]) / 255, Double(bytes[2]) / 255)
    }

    init(grey: Double) { self.init(grey, grey, grey) }

    /// This colour, and `share` of another over it.
    func mixed(with other: Colour, _ share: Double) -> Colour {
        Colour(red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share)
    }

    /// Components of 0 to 255.
    var bytes: [UInt8] { [red, green, blue].map { UInt8(max(0, min(255, ($0 * 255).rounded()))) } }

    /// 0x00RRGGBB, as image surfaces hold it.
    var packed: UInt32 {
        func byte(_ v: Double) -> UInt32 { UInt32(max(0, min(255, (v * 255).rounded()))) }
        return byte(red) << 16 | byte(green) << 8 | byte(blue)
    }
}

extension Colour {
    /// Behind everything: dark, so that the eye keeps its adaptation to the pictures.
    static let ground = Colour(0.075, 0.085, 0.1)
    static let text = Colour(0.92, 0.93, 0.95)
    static let faint = Colour(0.62, 0.65, 0.7)
    static let white = Colour(1, 1, 1)
    /// Where there is no data: not black, which is a signal of nothing.
    static let nothing = Colour(0.16, 0.2, 0.27)
    static let nothingHatch = Colour(0.24, 0.29, 0.38)
}
