// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "carpus",
    products: [.library(name: "Carpus", targets: ["CarpusCore"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CarpusCore"),
        .target(name: "CNifti", linkerSettings: [.linkedLibrary("niftiio"), .linkedLibrary("znz"), .linkedLibrary("z")]),
        .target(name: "CarpusIO", dependencies: ["CarpusCore", "CNifti"]),
        .target(name: "CarpusPipeline", dependencies: ["Yams", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(name: "CarpusCoreTests", dependencies: ["CarpusCore"]),
        .testTarget(name: "CarpusIOTests", dependencies: ["CarpusCore", "CarpusIO"]),
        .testTarget(name: "CarpusPipelineTests", dependencies: ["CarpusPipeline"]),
    ]
)

// One place for the settings all Swift targets share: the language's coming rules, taken early.
for target in package.targets where ![.system, .plugin].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
