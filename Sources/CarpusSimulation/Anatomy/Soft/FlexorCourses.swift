extension CordCourse {
    /// Flexors of the wrist, the thumb and the fingers.
    static let flexors: [CordCourse] = [
        CordCourse(
            "fcr", compartment: 6, halfFlat: 1.9, halfThick: 1.5, twistDegrees: 0, end: 19, belly: 3.5, bellyEnd: -62,
            radial: [12.3, 12.6, 12.9, 13.4, 13.9, 14.4, 14.6, 14.6, 14.2, 13.6, 12.5, 12.9, 13.1, 13.6],
            palmar: [14.8, 14.8, 14.8, 15, 15.4, 15.7, 16, 16.5, 16.9, 17.3, 16.9, 14, 9.2, 6.7]),
        CordCourse(
            "fpl", compartment: 7, halfFlat: 1.8, halfThick: 1.5, twistDegrees: 0, end: 76, belly: 6.8, bellyEnd: -34,
            radial: [8.4, 8.4, 8.6, 9.1, 9.8, 10.4, 10.9, 10.9, 10.5, 9.8, 8.8, 8.6, 12.7, 19.8, 27.3, 34.6, 42.4, 49.6, 56.8, 64.1],
            palmar: [12.9, 13.5, 13.9, 13.9, 13.9, 13.8, 13.8, 13.9, 14, 14.2, 14.4, 14.4, 14.5, 16.3, 18.9, 22.3, 25.7, 28.1, 30.4, 33.2]),
        CordCourse(
            "fdp-little", compartment: 8, halfFlat: 2.0, halfThick: 1.45, twistDegrees: 0, end: 76, belly: 6.0, bellyEnd: -33,
            radial: [-10.6, -10.3, -10, -9.5, -8.9, -8.3, -7.7, -7.1, -6.7, -6.6, -6.5, -6.7, -8.2, -11.2, -14.5, -17.7, -20.8, -23.8, -26.7, -29.6],
            palmar: [13.6, 13.8, 13.9, 14, 14, 14, 13.9, 13.3, 12.5, 12.2, 11.9, 11.9, 11.3, 10.6, 9.8, 9.2, 8.7, 8.3, 7.9, 7.5]),
        CordCourse(
            "fdp-ring", compartment: 8, halfFlat: 2.0, halfThick: 1.45, twistDegrees: 0, end: 76, belly: 6.0, bellyEnd: -33,
            radial: [-6, -5.7, -5.4, -5, -4.4, -3.8, -3.3, -2.7, -2.4, -2.3, -2.2, -2.3, -2.8, -4, -5.5, -7.2, -9, -10.4, -11.6, -12.9],
            palmar: [14.5, 14.5, 14.5, 14.5, 14.4, 14.3, 14.1, 13.5, 12.7, 12.4, 12.1, 12.1, 11.6, 10.8, 10.2, 9.6, 9.1, 8.6, 8.2, 7.7]),
        CordCourse(
            "fdp-middle", compartment: 8, halfFlat: 2.0, halfThick: 1.45, twistDegrees: 0, end: 76, belly: 6.0, bellyEnd: -33,
            radial: [-1.1, -1, -0.8, -0.5, 0, 0.6, 1.2, 1.6, 1.9, 2, 2.1, 2, 2.3, 2.7, 2.9, 3, 3.1, 3.3, 3.6, 3.9],
            palmar: [14.5, 14.5, 14.5, 14.4, 14.3, 14.1, 13.8, 13.1, 12.2, 11.7, 11.5, 11.6, 11.2, 10.6, 10, 9.5, 9.1, 8.6, 8.2, 7.7]),
        CordCourse(
            "fdp-index", compartment: 8, halfFlat: 2.0, halfThick: 1.45, twistDegrees: 0, end: 76, belly: 6.0, bellyEnd: -33,
            radial: [3.2, 3.4, 3.6, 4, 4.6, 5.2, 5.8, 6.2, 6.3, 6.3, 6.5, 6.3, 7.5, 9.1, 11.1, 13, 14.9, 16.8, 18.7, 20.6],
            palmar: [13.7, 13.9, 14, 14, 14, 13.9, 13.7, 12.9, 12.1, 11.6, 11.1, 11.1, 11, 10.6, 10, 9.5, 8.9, 8.4, 7.9, 7.4]),
        CordCourse(
            "fds-little", compartment: 8, halfFlat: 1.45, halfThick: 1.05, twistDegrees: 0, end: 76, belly: 5.5, bellyEnd: -36,
            radial: [-8.5, -8.3, -8.3, -8, -7.5, -6.9, -6.5, -6.3, -6.5, -6.4, -6.3, -6.4, -8, -10.8, -13.7, -16.7, -20.1, -23.3, -26.3, -29.3],
            palmar: [18.3, 18.1, 17.9, 17.6, 17.4, 17.2, 16.9, 16.4, 15.8, 15.4, 15, 14.9, 14.5, 13.8, 12.9, 12.1, 11.8, 11.4, 11, 10.5]),
        CordCourse(
            "fds-ring", compartment: 8, halfFlat: 1.75, halfThick: 1.2, twistDegrees: 0, end: 76, belly: 5.5, bellyEnd: -36,
            radial: [-5, -4.9, -4.7, -4.4, -3.9, -3.4, -3, -2.9, -3, -3, -3, -2.9, -3.3, -4.3, -5.7, -7.4, -9, -10.4, -11.7, -12.9],
            palmar: [17.7, 17.7, 17.6, 17.5, 17.5, 17.4, 17.3, 17.1, 16.7, 16.5, 16.3, 16.2, 15.5, 14.6, 13.8, 13.3, 12.7, 12.2, 11.5, 10.9]),
        CordCourse(
            "fds-middle", compartment: 8, halfFlat: 1.75, halfThick: 1.2, twistDegrees: 0, end: 76, belly: 5.5, bellyEnd: -36,
            radial: [-1.1, -1, -0.9, -0.6, -0.1, 0.4, 0.8, 1, 1, 0.9, 0.9, 0.9, 1.8, 2.3, 2.7, 2.8, 3, 3.2, 3.5, 3.8],
            palmar: [17.7, 17.7, 17.7, 17.6, 17.6, 17.6, 17.6, 17.3, 16.8, 16.6, 16.3, 16.1, 15.2, 14.4, 13.7, 13.1, 12.6, 12.1, 11.5, 10.9]),
        CordCourse(
            "fds-index", compartment: 8, halfFlat: 1.75, halfThick: 1.2, twistDegrees: 0, end: 76, belly: 5.5, bellyEnd: -36,
            radial: [2.6, 2.8, 3, 3.4, 3.8, 4.1, 4.4, 4.3, 4, 3.8, 4, 4.3, 6.7, 8.9, 11, 12.9, 14.7, 16.6, 18.4, 20.2],
            palmar: [18.3, 18.1, 17.8, 17.5, 17.2, 16.9, 16.5, 15.7, 14.9, 14.5, 14.3, 14.4, 14.3, 13.8, 13.3, 12.8, 12.4, 11.8, 11.2, 10.5]),
        CordCourse(
            "fcu", compartment: 9, halfFlat: 2.3, halfThick: 1.6, twistDegrees: 0, end: -12, belly: 6.8, bellyEnd: -20,
            radial: [-18.2, -18.2, -18.2, -18.3, -18.8, -19.2, -19.6, -19.8, -19.9, -20.3],
            palmar: [12.9, 12.9, 12.9, 13, 13.3, 13.7, 14.2, 14.7, 15.1, 16.3]),
    ]

    /// Median nerve, to where it parts in the palm, and ulnar nerve.
    static let nerves: [CordCourse] = [
        CordCourse(
            "median", compartment: -1, halfFlat: 2.35, halfThick: 1.1, twistDegrees: 0, end: 28,
            radial: [7.2, 7.8, 8.4, 8.8, 9.1, 9.4, 9.5, 9, 8, 7, 6, 5.7, 6.4, 7.2, 7.7],
            palmar: [16.5, 16.9, 17.2, 17.2, 17.2, 17.2, 17.3, 17.5, 17.5, 17.5, 17.7, 17.8, 17.4, 17.2, 17.1]),
        CordCourse(
            "ulnar", compartment: -1, halfFlat: 1.5, halfThick: 1.2, twistDegrees: 0, end: 40,
            radial: [-14.7, -14.9, -14.9, -15, -15.1, -15.1, -15.1, -14.8, -13.9, -12.4, -13.7, -15.5, -16.3, -17.2, -18.1, -19],
            palmar: [15.4, 15.5, 15.6, 15.7, 15.6, 15.5, 15.6, 16.2, 17.1, 17.9, 18.3, 18.5, 18.4, 17.9, 17.3, 16.6]),
    ]

    /// Ulnar artery to the palm, and radial artery to where it passes between the first two metacarpals.
    static let arteries: [CordCourse] = [
        CordCourse(
            "artery-ulnar", compartment: -1, halfFlat: 1.2, halfThick: 1.2, twistDegrees: 0, end: 24,
            radial: [-11.7, -11.7, -11.7, -11.7, -11.7, -11.7, -11.6, -11.2, -10.3, -9.4, -10.4, -11.5, -11.3, -9.4],
            palmar: [17.1, 17.1, 17.1, 17, 16.8, 16.7, 16.6, 17.1, 18.1, 19.6, 19.9, 20, 19.5, 18.5]),
        CordCourse(
            "artery-radial", compartment: -1, halfFlat: 1.25, halfThick: 1.25, twistDegrees: 0, end: 16,
            radial: [14.5, 15.2, 15.9, 16.5, 17.1, 17.6, 18.3, 19.6, 21.1, 22.8, 24.4, 23.5, 23.1],
            palmar: [11.8, 11.9, 12, 12.3, 12.8, 13.4, 13.7, 12.9, 9.8, 3.8, -1.7, -6.1, -6.7]),
    ]

    /// Tendons no compartment counts: brachioradialis, which ends at the radial styloid, and palmaris longus, which some lack.
    static let others: [CordCourse] = [
        CordCourse(
            "brachioradialis", compartment: -2, halfFlat: 3.2, halfThick: 0.8, twistDegrees: 80, end: -33, belly: 5.0, bellyEnd: -56,
            radial: [17.2, 17.4, 17.8, 18.5, 19.8, 21.4, 22.4], palmar: [3.2, 3.4, 3.6, 3.6, 3.2, 2.6, 2.4]),
        CordCourse(
            "palmaris-longus", compartment: -2, halfFlat: 1.8, halfThick: 0.55, twistDegrees: 0, end: 4, belly: 2, bellyEnd: -72,
            radial: [6.2, 6.2, 6, 5.8, 5.6, 5.4, 5.2, 5, 4.6, 4.2, 3.8, 3.6],
            palmar: [20.6, 20.1, 19.7, 19.3, 18.9, 18.7, 18.7, 18.9, 19.6, 20.8, 22, 22.3]),
    ]
}
