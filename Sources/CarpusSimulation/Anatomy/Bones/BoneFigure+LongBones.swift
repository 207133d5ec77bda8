extension BoneFigure {
    /// Articular face sloping to ulna and palm (scaphoid and lunate hollow it, the ulna's head hollows the notch), styloid,
    /// Lister's tubercle, shaft.
    static let radius = BoneFigure(row: .forearm, middle: [-26, 5, 0], axis: [1, 0, 0]) { traits in
        [
            .ellipsoid([-29.6, 4.9, 0.2], [14, 18.0, 11.6], along: [1, 0.06, 0], square: 0.7),
            .ellipsoid([-38, 4.6, 0.2], [20, 13.4, 10.6], along: [1, 0.04, 0], square: 0.4).join(6),
            // It is thinner towards the thumb.
            .sheet([-28, 15.5, -9.6], normal: [0, 0.5, -0.87]).clip(4),
            .sheet([-28, 18.5, 8], normal: [0, 0.62, 0.78]).clip(4),
            .cone([-30, 17, 0.6], [-17, 21.2, 1.6], 5.6, 3.4).join(3),
            .sheet([-24.8, -7, 0], normal: [1, -traits.inclination, traits.tilt], curve: [0.001, -0.002]).clip(2.5),
            .ellipsoid([-37, 5, 14.2], [13, 22, 4.4]).cut(4),
            .cone([-36, 7, -10.6], [-27, 7.6, -10.4 - 0.5 * traits.lister], 2.1, 2.4).join(2.5),
            .cone([-42, 2.6, -13.6], [-22, 3.2, -13.4], 2.6, 2.6).cut(2),
            .cone([-44, 4.4, 0], [-95, 1.5, 0], 9.4, 6.8).join(6),
        ]
    }

    /// Head, styloid behind its ulnar side, shaft.
    static let ulna = BoneFigure(row: .forearm, middle: [-30, -20.4, -1.6], axis: [1, 0, 0]) { traits in
        let up = SIMD3<Float>(traits.ulnarVariance, 0, 0)
        let parts: [Part] = [
            .ellipsoid([-32.5, -20.2, -1.6], [6.8, 8.4, 8.2], square: 0.3),
            .cone([-38, -20.6, -1.6], [-95, -17, 0], 6.1, 5.6).join(5),
            .cone([-29.7, -25.4, -3.6], [-25.9 + traits.ulnarStyloid, -26.6, -4.6], 2.9, 1.6).join(2),
        ]
        return parts.map { $0.shifted(by: up) }
    }

    /// The bases of the five metacarpals with their shafts.
    static let metacarpals = [first, second, third, fourth, fifth]

    /// A saddle: convex from radial to ulnar, hollow from back to palm.
    private static let first = BoneFigure(row: .distal, middle: [12.2, 27.6, 16.4], axis: [0.74, 0.58, 0.33]) { _ in
        [
            .ellipsoid([12.7, 28.0, 16.6], [9.0, 8.4, 7.8], along: [0.74, 0.58, 0.33], across: [0.62, -0.78, 0], square: 0.45),
            .sheet([8.0, 24.5, 14.7], normal: [-0.74, -0.58, -0.33], along: [0.62, -0.78, 0], curve: [-0.03, 0.035]).clip(1.5),
            .cone([17, 31.3, 18.6], [44, 52.5, 30.6], 6.2, 5.8).join(5),
        ]
    }

    /// Forked: the trapezoid sits between its two wings.
    private static let second = BoneFigure(row: .distal, middle: [15, 15, 0], axis: [1, 0.15, 0]) { _ in
        [
            .ellipsoid([15.2, 15.0, 0], [8.4, 9.6, 8.8], along: [1, 0.15, 0], square: 0.45),
            .cone([17, 15.5, -0.4], [34, 18.2, -1.6], 7.0, 4.9).join(4), .cone([33, 18.1, -1.5], [85, 26, -4], 4.9, 4.5).join(4),
        ]
    }

    /// Flat on the capitate, with a styloid at the back of its radial side.
    private static let third = BoneFigure(row: .distal, middle: [15.5, 1.2, -0.6], axis: [1, 0.03, 0]) { _ in
        [
            .ellipsoid([17.4, 1.2, -0.6], [8, 7.9, 9.0], along: [1, 0.03, 0], square: 0.45),
            .sheet([12.2, 0, 0], normal: [-1, -0.08, 0], along: [0, 1, 0], curve: [-0.01, 0.006]).clip(1.5),
            .cone([14, 4.4, -5.4], [9.2, 4.6, -7.0], 2.8, 1.5).join(3),
            .cone([18, 1.3, -0.8], [35, 2.1, -1.9], 6.4, 4.8).join(4), .cone([34, 2.1, -1.9], [85, 4.5, -4], 4.8, 4.5).join(4),
        ]
    }

    private static let fourth = BoneFigure(row: .distal, middle: [16, -9.4, -0.4], axis: [1, -0.08, 0]) { _ in
        [
            .ellipsoid([17.2, -9.5, -0.4], [7.6, 6.6, 7.2], along: [1, -0.1, 0], square: 0.4),
            .sheet([12.8, -9.5, 0], normal: [-1, 0.05, 0]).clip(1.5),
            .cone([18, -9.8, -0.6], [32, -11.4, -1.1], 5.2, 4.0).join(4), .cone([31, -11.3, -1.1], [85, -17, -2.5], 4.1, 3.9).join(4),
        ]
    }

    /// Hollow from side to side, with a knob for the extensor carpi ulnaris.
    private static let fifth = BoneFigure(row: .distal, middle: [15.5, -19.4, 1.6], axis: [0.96, -0.26, 0.03]) { _ in
        [
            .ellipsoid([16.6, -19.1, 1.6], [7.8, 7.8, 7.0], along: [0.96, -0.26, 0.03], square: 0.4),
            .sheet([11.9, -18.6, 1.6], normal: [-0.97, 0.26, 0], along: [0.26, 0.97, 0], curve: [-0.015, 0.015]).clip(1.5),
            .cone([15.5, -24.2, 0.4], [13.8, -25.6, 0.2], 2.6, 1.9).join(3),
            .cone([17, -19.5, 1.4], [31, -23.4, 1.4], 5.6, 4.3).join(4), .cone([30, -23.1, 1.4], [80, -36.5, 2], 4.4, 4.1).join(4),
        ]
    }
}
