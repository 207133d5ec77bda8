// swift-tools-version: 6.2
import PackageDescription

/// ITK 5.2 as Debian builds it: the libraries its headers need here.
let itk: [LinkerSetting] = [
    "ITKBiasCorrection", "ITKCommon", "ITKTransform", "ITKRegistrationMethodsv4", "ITKSpatialObjects", "ITKOptimizersv4", "ITKStatistics", "ITKSmoothing", "itksys", "itkvnl", "itkvnl_algo",
].map { .linkedLibrary("\($0)-5.2") } + [.linkedLibrary("m")]

let package = Package(
    name: "carpus",
    products: [
        .library(name: "Carpus", targets: ["Carpus", "CarpusCore", "CarpusIO", "CarpusRegistration", "CarpusSegmentation", "CarpusPerfusion", "CarpusQuantification", "CarpusSimulation", "CarpusReport", "CarpusPipeline"]),
        .executable(name: "carpus", targets: ["CarpusCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CarpusCore"),
        .target(name: "CNifti", linkerSettings: [.linkedLibrary("niftiio"), .linkedLibrary("znz"), .linkedLibrary("z")]),
        .target(
            name: "CGDCM", exclude: ["gdcm-include"], cxxSettings: [.headerSearchPath("gdcm-include")],
            linkerSettings: ["gdcmMSFF", "gdcmDSED", "gdcmDICT", "gdcmIOD", "gdcmCommon"].map { .linkedLibrary($0) }),
        .target(name: "CDCMTK", linkerSettings: ["dcmdata", "oflog", "ofstd"].map { .linkedLibrary($0) }),
        .target(name: "CHDF5", linkerSettings: [.linkedLibrary("hdf5_serial")]),
        .target(name: "CarpusIO", dependencies: ["CarpusCore", "CNifti", "CGDCM", "CDCMTK", "CHDF5"], resources: [.embedInCode("DICOM/Deidentify/ConfidentialityProfile.tsv")]),
        // ITK is 15 times slower without optimisation, in debug builds too.
        .target(name: "CITK", exclude: ["itk-include"], cxxSettings: [.headerSearchPath("itk-include"), .unsafeFlags(["-O2", "-g1"], .when(configuration: .debug))], linkerSettings: itk),
        .target(name: "CarpusRegistration", dependencies: ["CarpusCore", "CITK", "CFFTW"]),
        .target(name: "CarpusQuantification", dependencies: ["CarpusCore"]),
        // Loops over images: optimised in debug builds too.
        .target(
            name: "CNeural", cxxSettings: [.headerSearchPath("."), .unsafeFlags(["-O2", "-g1"], .when(configuration: .debug))],
            linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),
        .target(name: "CarpusSegmentation", dependencies: ["CarpusCore", "CNeural"]),
        .target(name: "CarpusPerfusion", dependencies: ["CarpusCore"]),
        .systemLibrary(name: "CFFTW"),
        .target(name: "CarpusSimulation", dependencies: ["CarpusCore", "CFFTW"]),
        .systemLibrary(name: "CCairo"),
        .systemLibrary(name: "CWebP"),
        .target(
            name: "CarpusReport",
            dependencies: ["CarpusCore", "CCairo", "CWebP", .product(name: "Mustache", package: "swift-mustache"), .product(name: "Crypto", package: "swift-crypto")],
            resources: [.embedInCode("Page/Script/slices.js"), .embedInCode("Page/Script/pane.js"), .embedInCode("Page/Script/page.js")]),
        .target(name: "CarpusPipeline", dependencies: ["Yams", .product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "Carpus",
            dependencies: ["CarpusCore", "CarpusIO", "CarpusRegistration", "CarpusSegmentation", "CarpusPerfusion", "CarpusQuantification", "CarpusSimulation", "CarpusReport", "CarpusPipeline"],
            resources: [.copy("Resources/Models"), .copy("Resources/codes.tsv")]),
        .executableTarget(
            name: "CarpusCommand",
            dependencies: [
                "Carpus", "CarpusCore", "CarpusIO", "CarpusRegistration", "CarpusSegmentation", "CarpusPerfusion", "CarpusQuantification", "CarpusSimulation", "CarpusReport", "CarpusPipeline",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(name: "CarpusTestSupport", path: "Tests/CarpusTestSupport"),
        .testTarget(name: "CarpusCoreTests", dependencies: ["CarpusCore"]),
        .testTarget(name: "CarpusIOTests", dependencies: ["CarpusTestSupport", "CarpusCore", "CarpusIO"], exclude: ["Transforms/elastix", "Transforms/peers.py"]),
        .testTarget(name: "CarpusRegistrationTests", dependencies: ["CarpusTestSupport", "CarpusCore", "CarpusIO", "CarpusRegistration"]),
        .executableTarget(name: "RegistrationBenchmark", dependencies: ["CarpusCore", "CarpusIO", "CarpusRegistration", "CarpusQuantification"], path: "Benchmarks/registration", exclude: ["run"]),
        .testTarget(name: "CarpusSegmentationTests", dependencies: ["CarpusTestSupport", "CarpusCore", "CarpusIO", "CarpusSegmentation"], exclude: ["make_fixtures.py", "Networks", "Fixtures"]),
        .executableTarget(name: "SegmentationBenchmark", dependencies: ["CarpusCore", "CarpusSegmentation"], path: "Benchmarks/segmentation", exclude: ["operators.py", "networks.py", "unet.py", "volume.py"]),
        .testTarget(name: "CarpusPerfusionTests", dependencies: ["CarpusTestSupport", "CarpusCore", "CarpusIO", "CarpusPerfusion", "CarpusSimulation"]),
        .executableTarget(name: "PerfusionBenchmark", dependencies: ["CarpusCore", "CarpusPerfusion"], path: "Benchmarks/perfusion"),
        .executableTarget(name: "ProgressionBenchmark", dependencies: ["CarpusCore", "CarpusIO", "CarpusRegistration", "CarpusQuantification", "CarpusSimulation"], path: "Benchmarks/progression", exclude: ["edges.py"]),
        .testTarget(name: "CarpusReportTests", dependencies: ["CarpusCore", "CCairo", "CWebP", "CarpusReport", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(name: "CarpusQuantificationTests", dependencies: ["CarpusTestSupport", "CarpusCore", "CarpusIO", "CarpusQuantification", "CarpusSimulation"], exclude: ["peers.py", "Agreement/fixtures.py", "Agreement/fixtures.json"]),
        .testTarget(name: "CarpusSimulationTests", dependencies: ["CarpusTestSupport", "CarpusCore", "CarpusSimulation"]),
        .testTarget(name: "CarpusPipelineTests", dependencies: ["CarpusPipeline"]),
        .testTarget(name: "CarpusTests", dependencies: ["CarpusTestSupport", "Carpus", "CarpusPipeline", "CarpusCore", "CarpusReport", "CarpusIO", "CarpusQuantification", "CarpusRegistration", "CarpusSegmentation"]),
        .testTarget(name: "CarpusCommandTests", dependencies: ["CarpusTestSupport", "CarpusCommand", "CarpusCore", "CarpusIO", "Carpus", "CarpusPipeline", "CarpusQuantification", "CarpusPerfusion", "CarpusRegistration", "CarpusSegmentation", .product(name: "Crypto", package: "swift-crypto")], exclude: ["Browser"]),
    ],
    cxxLanguageStandard: .cxx17
)

// One place for the settings all Swift targets share: the language's coming rules, taken early.
for target in package.targets where ![.system, .plugin].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
