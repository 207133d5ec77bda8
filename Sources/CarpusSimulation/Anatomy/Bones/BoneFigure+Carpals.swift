// Shapes by eye after anatomy atlases and sections of MR; lengths after published measurements of carpal surfaces.
extension BoneFigure {
    /// Two poles and a waist, oblique; its hollow for the head of the capitate is cut by that.
    static let scaphoid = BoneFigure(row: .proximal, middle: [-12.3, 9.8, 2.2], axis: [0.55, 0.42, 0.72]) { _ in
        [
            .ellipsoid([-16.0, 7.3, -1.6], [7.9, 7.0, 8.2], along: [0.55, 0.42, 0.72], across: [-0.56, 0.82, -0.05], square: 0.25),
            .ellipsoid([-8.8, 13.3, 6.6], [7.0, 6.3, 7.0], along: [0.55, 0.42, 0.72], across: [-0.56, 0.82, -0.05], square: 0.2),
            .cone([-8, 14, 8], [-6.4, 16.0, 11.6], 4.6, 3.2),
            // The waist: dorsal and radial.
            .ellipsoid([-9.2, 16.4, -3.6], [6, 3.6, 4.6], along: [0.7, 0.1, -0.7], across: [0, 0.8, 0]).cut(4),
        ]
    }

    /// A crescent round the head of the capitate, the palmar horn the larger.
    static let lunate = BoneFigure(row: .proximal, middle: [-17.5, -7.2, 0], axis: [0.05, 0.1, 1]) { _ in
        [
            .ellipsoid([-16.3, -7.8, 0.3], [8.2, 10.4, 10.1], along: [1, 0.08, 0.05], square: 0.2),
            .sheet([-9.0, -7, 0], normal: [1, 0, -0.1]).clip(2),
        ]
    }

    /// A pyramid on the lunate's side, its top at the ulnar border.
    static let triquetrum = BoneFigure(row: .proximal, middle: [-9.8, -17.6, 0], axis: [0.75, -0.56, 0.35]) { _ in
        [
            .ellipsoid([-12.0, -16.6, -0.8], [7.8, 6.6, 7.0], along: [0.76, -0.55, 0.33], square: 0.3),
            .ellipsoid([-6.0, -21.1, 1.6], [6.4, 4.7, 5.4], along: [0.76, -0.55, 0.33], square: 0.2).join(5),
            .sheet([-7.6, -19.6, 7.2], normal: [-0.1, -0.15, 1]).clip(2.5),
        ]
    }

    /// A pea with a flat back.
    static let pisiform = BoneFigure(row: .proximal, middle: [-8.2, -19.8, 12.4], axis: [0.85, 0.3, 0.3]) { _ in
        [.ellipsoid([-8.2, -19.8, 12.4], [7.4, 5.6, 5.3], along: [0.85, 0.3, 0.3], square: 0.1)]
    }

    /// A block with a ridge and groove on the palm's side; the first metacarpal cuts its saddle.
    static let trapezium = BoneFigure(row: .distal, middle: [2.4, 18.8, 11.2], axis: [0.72, 0.3, -0.6]) { _ in
        [
            .ellipsoid([2.6, 19.2, 10.6], [10.4, 8.2, 7.8], along: [0.72, 0.3, -0.6], across: [0.2, 0.85, 0.5], square: 0.55),
            .cone([-2.2, 15.4, 15.8], [4.0, 15.0, 18.6], 3.2, 2.6).join(3),
            .cone([-6, 11.0, 16.4], [10, 9.6, 15.6], 3.4, 3.4).cut(2),
        ]
    }

    /// A wedge, wide dorsally.
    static let trapezoid = BoneFigure(row: .distal, middle: [4.2, 12.2, -0.6], axis: [0.15, 0.4, -0.9]) { _ in
        [
            .ellipsoid([4.0, 13.2, -0.8], [9.0, 7.0, 7.0], along: [0.1, 0.36, -0.92], square: 0.6),
            .sheet([4, 9.5, 6], normal: [-0.15, -0.6, 0.6]).clip(3),
            .sheet([10.4, 12.5, 0], normal: [1, 0.05, 0.1], along: [0, 1, 0], curve: [-0.045, 0]).clip(1.5),
        ]
    }

    /// A round head, a waist and a broad body that narrows towards the palm.
    static let capitate = BoneFigure(row: .distal, middle: [0.8, 0, 0], axis: [1, 0, 0]) { _ in
        [
            .ellipsoid([4.8, 0.4, -1.2], [7.6, 9.0, 10.6], square: 0.65),
            .sheet([4, 8.8, -2], normal: [-0.1, 1, 0.36]).clip(2.5),
            .sheet([4, -8.2, -2], normal: [0, -1, 0.22]).clip(2.5),
            .sheet([9.6, 7.4, 0], normal: [0.7, 0.75, 0]).clip(1.5),
            .cone([-6, -0.4, 0.6], [3, 0.2, -0.4], 4.9, 5.2).join(2.5),
            .ellipsoid([-8.2, -0.5, 0.7], [7.1, 6.6, 6.8], square: 0.05).join(2),
        ]
    }

    /// A wedge with its edge towards the lunate, and the hook.
    static let hamate = BoneFigure(row: .distal, middle: [3.4, -13, 0], axis: [0.7, -0.3, 0.6]) { traits in
        let pole = traits.hamatePole
        return [
            .ellipsoid([1.9, -13.2, -0.9], [12.4, 10.8, 8.6], square: 0.75),
            .sheet([-3.5 - 0.7 * pole, -15.2 - 0.2 * pole, 0], normal: [-0.76, -0.65, 0.05], along: [0, 0, 1], curve: [-0.012, 0.006]).clip(2.5),
            .sheet([3, -6.6, 0], normal: [-0.06, 1, 0.06]).clip(2),
            .sheet([11.6, -12, 0], normal: [1, -0.12, 0]).clip(1.5),
            .sheet([4, -13, 6.2], normal: [-0.12, 0, 1]).clip(3),
            .ellipsoid([6.2, -14.4, 5.2 + 3.0 * traits.hook], [6.9 * traits.hook, 5.0, 3.8], along: [0.18, 0.16, 1], across: [1, 0, -0.1], square: 0.4).join(4),
            .cone([-2, -9.2, 10.4], [13, -9.2, 10.8], 3.1, 3.1).cut(2),
        ]
    }
}
