extension CordCourse {
    /// Flexors of the wrist, the thumb and the fingers.
    static let flexors: [CordCourse] = [
        CordCourse(
            "fcr", compartment: 6, halfFlat: 1.9, halfThick: 1.5, twistDegrees: 0, end: 19, belly: 1.8, bellyEnd: -66,
            radial: [12.5, 12.9, 13.2, 13.6, 14, 14.3, 14.5, 14.5, 14.3, 13.6, 12.6, 13, 13.2, 13.6],
            palmar: [16.7, 16.9, 16.9, 17, 17.2, 17.4, 17.7, 17.9, 17.9, 17.6, 17, 14, 9.3, 6.7]),
        CordCourse(
            "fpl", compartment: 7, halfFlat: 1.8, halfThick: 1.5, twistDegrees: 0, end: 76, belly: 4.2, bellyEnd: -35,
            radial: [10.5, 10.3, 10.1, 10.2, 10.6, 10.9, 11.2, 11.1, 10.6, 9.8, 8.9, 8.7, 12.7, 19.8, 27.3, 34.7, 41.9, 48.6, 55, 61.3],
            palmar: [13.3, 13.7, 14.1, 14.3, 14.4, 14.4, 14.4, 14.4, 14.3, 14.3, 14.4, 14.5, 14.5, 16.3, 18.9, 22.3, 25.7, 28.1, 30.4, 33.2]),
        CordCourse(
            "fdp-little", compartment: 8, halfFlat: 2.0, halfThick: 1.45, twistDegrees: 0, end: 76, belly: 3.6, bellyEnd: -34,
            radial: [-11, -10.6, -10.2, -9.7, -9.1, -8.4, -7.7, -7.1, -6.7, -6.6, -6.5, -6.7, -8.2, -11.1, -14.4, -17.6, -20.8, -23.8, -26.7, -29.6],
            palmar: [13.8, 14, 14.1, 14.1, 14.2, 14.1, 14, 13.4, 12.6, 12.2, 12, 12, 11.5, 10.8, 10.2, 9.6, 9.1, 8.6, 8.2, 7.7]),
        CordCourse(
            "fdp-ring", compartment: 8, halfFlat: 2.0, halfThick: 1.45, twistDegrees: 0, end: 76, belly: 3.6, bellyEnd: -34,
            radial: [-6, -5.7, -5.4, -5, -4.4, -3.8, -3.3, -2.7, -2.4, -2.2, -2.1, -2.3, -2.8, -4, -5.5, -7.2, -8.9, -10.4, -11.6, -12.9],
            palmar: [14.5, 14.5, 14.5, 14.5, 14.4, 14.3, 14.1, 13.5, 12.7, 12.4, 12.1, 12.1, 11.5, 10.8, 10.2, 9.6, 9.1, 8.6, 8.2, 7.7]),
        CordCourse(
            "fdp-middle", compartment: 8, halfFlat: 2.0, halfThick: 1.45, twistDegrees: 0, end: 76, belly: 3.6, bellyEnd: -34,
            radial: [-1, -0.9, -0.8, -0.4, 0.1, 0.6, 1.2, 1.6, 1.9, 2, 2.2, 2, 2.3, 2.7, 2.9, 3, 3.1, 3.3, 3.6, 3.9],
            palmar: [14.5, 14.5, 14.5, 14.4, 14.3, 14.1, 13.8, 13, 12.1, 11.6, 11.5, 11.6, 11.2, 10.6, 10, 9.5, 9.1, 8.6, 8.2, 7.7]),
        CordCourse(
            "fdp-index", compartment: 8, halfFlat: 2.0, halfThick: 1.45, twistDegrees: 0, end: 76, belly: 3.6, bellyEnd: -34,
            radial: [3.2, 3.4, 3.6, 4, 4.5, 5.1, 5.6, 6, 6.3, 6.4, 6.5, 6.3, 7.5, 9.1, 11.1, 13, 14.9, 16.8, 18.7, 20.5],
            palmar: [13.7, 13.9, 14, 14.1, 14, 14, 13.7, 13, 12.2, 11.7, 11.2, 11.2, 11, 10.7, 10.1, 9.5, 9.1, 8.6, 8.1, 7.7]),
        CordCourse(
            "fds-little", compartment: 8, halfFlat: 1.45, halfThick: 1.05, twistDegrees: 0, end: 76, belly: 3.2, bellyEnd: -37,
            radial: [-8.8, -8.5, -8.3, -7.9, -7.3, -6.6, -6, -6, -6.3, -6.3, -6.3, -6.5, -8.2, -11.1, -14.3, -17.5, -20.7, -23.7, -26.6, -29.5],
            palmar: [19.7, 19.6, 19.5, 19.2, 18.8, 18.4, 17.8, 16.9, 15.9, 15.4, 15.1, 15.1, 14.9, 14.2, 13.6, 13, 12.5, 11.9, 11.4, 10.8]),
        CordCourse(
            "fds-ring", compartment: 8, halfFlat: 1.75, halfThick: 1.2, twistDegrees: 0, end: 76, belly: 3.2, bellyEnd: -37,
            radial: [-5.1, -5, -4.8, -4.4, -3.8, -3.2, -2.6, -2.6, -2.8, -2.9, -2.9, -2.9, -3.3, -4.3, -5.7, -7.4, -9, -10.4, -11.7, -12.9],
            palmar: [19.5, 19.4, 19.3, 19.3, 19.3, 19.3, 19.1, 18.1, 16.9, 16.5, 16.3, 16.2, 15.5, 14.6, 13.9, 13.3, 12.8, 12.2, 11.5, 10.9]),
        CordCourse(
            "fds-middle", compartment: 8, halfFlat: 1.75, halfThick: 1.2, twistDegrees: 0, end: 76, belly: 3.2, bellyEnd: -37,
            radial: [-1.2, -1.1, -0.9, -0.5, 0.1, 0.7, 1.2, 1.3, 1.2, 1.1, 1, 1, 1.8, 2.3, 2.7, 2.8, 3, 3.2, 3.5, 3.8],
            palmar: [19.6, 19.6, 19.5, 19.4, 19.4, 19.4, 19.2, 18.2, 17, 16.5, 16.2, 16, 15.2, 14.3, 13.6, 13.1, 12.6, 12.1, 11.5, 10.9]),
        CordCourse(
            "fds-index", compartment: 8, halfFlat: 1.75, halfThick: 1.2, twistDegrees: 0, end: 76, belly: 3.2, bellyEnd: -37,
            radial: [2.6, 2.7, 2.9, 3.2, 3.6, 3.9, 4.1, 4.1, 4, 3.9, 4.1, 4.3, 6.7, 8.9, 11, 13, 14.8, 16.7, 18.6, 20.5],
            palmar: [19.1, 19, 18.8, 18.5, 18.1, 17.7, 17.1, 16, 14.9, 14.4, 14.3, 14.4, 14.3, 13.9, 13.4, 13, 12.5, 12, 11.4, 10.8]),
        CordCourse(
            "fcu", compartment: 9, halfFlat: 2.3, halfThick: 1.6, twistDegrees: 0, end: -12, belly: 4.0, bellyEnd: -22,
            radial: [-18.4, -18.5, -18.6, -18.7, -19.2, -19.6, -20, -20.4, -20.6, -21],
            palmar: [14.3, 14.3, 14.3, 14.3, 14.6, 14.9, 15.2, 15.7, 15.9, 16.5]),
    ]

    /// Median nerve, to where it parts in the palm, and ulnar nerve.
    static let nerves: [CordCourse] = [
        CordCourse(
            "median", compartment: -1, halfFlat: 2.7, halfThick: 1.1, twistDegrees: 0, end: 28,
            radial: [6.8, 7.5, 8, 8.5, 8.9, 9.1, 9.1, 8.6, 7.7, 6.8, 5.9, 5.6, 6.3, 7.2, 7.7],
            palmar: [16.8, 17.4, 18.1, 18.5, 18.5, 18.5, 18.4, 18.2, 17.7, 17.5, 17.7, 17.8, 17.5, 17.3, 17.2]),
        CordCourse(
            "ulnar", compartment: -1, halfFlat: 1.5, halfThick: 1.2, twistDegrees: 0, end: 40,
            radial: [-14.5, -14.7, -14.8, -14.9, -15, -15.2, -15.2, -14.9, -14.1, -12.7, -13.8, -15.4, -16, -16.6, -17.3, -17.9],
            palmar: [16.4, 16.5, 16.7, 16.7, 16.6, 16.5, 16.5, 16.6, 17, 17.7, 18.2, 18.6, 18.8, 18.5, 18.1, 17.7]),
    ]

    /// Ulnar artery to the palm, and radial artery to where it passes between the first two metacarpals.
    static let arteries: [CordCourse] = [
        CordCourse(
            "artery-ulnar", compartment: -1, halfFlat: 1.2, halfThick: 1.2, twistDegrees: 0, end: 24,
            radial: [-11.1, -11.3, -11.5, -11.6, -11.8, -11.9, -12, -11.8, -11.1, -10.3, -11, -12, -11.7, -9.7],
            palmar: [17.3, 17.6, 18, 18.2, 18.2, 18.2, 18.2, 18.5, 19.1, 20, 20.5, 20.8, 20.5, 19.9]),
        CordCourse(
            "artery-radial", compartment: -1, halfFlat: 1.25, halfThick: 1.25, twistDegrees: 0, end: 16,
            radial: [14.2, 15, 15.7, 16.4, 17, 17.6, 18.4, 19.8, 21.5, 23.2, 24.9, 24.2, 23.3],
            palmar: [12.4, 12.4, 12.3, 12.6, 13.1, 13.6, 13.9, 13.1, 10.1, 4, -1.6, -6.3, -7.3]),
    ]
}
