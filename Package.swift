// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "carpus",
    products: [.library(name: "Carpus", targets: ["CarpusCore"])],
    targets: [
        .target(name: "CarpusCore"),
        .testTarget(name: "CarpusCoreTests", dependencies: ["CarpusCore"]),
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
