// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode (the tools version's default), warnings are errors.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A room of the house. `docs/design.md` says which level it stands on; `ArchitectureTests` keeps it there.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tomlKit = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
    name: "quantd",
    products: [
        .executable(name: "quantd", targets: ["quantd"]),
        .executable(name: "quantctl", targets: ["quantctl"]),
        // For the fuzz targets, which are a package of their own.
        .library(name: "ModelFormat", targets: ["ModelFormat"]),
        .library(name: "LayerCatalogue", targets: ["LayerCatalogue"]),
        .library(name: "Quantizing", targets: ["Quantizing"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Level 0
        room("Vocabulary", [system]),
        // Level 1
        room("ModelFormat", ["Vocabulary", system]),
        .target(name: "CKernels", cSettings: [.treatAllWarnings(as: .error)], linkerSettings: [.linkedLibrary("m")]),
        room("Numerics", ["CKernels", "Vocabulary"]),
        // Level 2
        room("LayerCatalogue", ["ModelFormat"]),
        // Level 3
        room("Quantizing", ["LayerCatalogue", "ModelFormat", "Numerics", "Vocabulary"]),
        room("Inference", ["LayerCatalogue", "ModelFormat", "Numerics"]),
        room("Watching", ["Vocabulary", system]),
        room("Assembling", ["Vocabulary", heap, system]),
        room("Publishing", ["Vocabulary", crypto, system]),
        room("Ledger", ["Vocabulary", grdb, grdbSQLite, system]),
        // Level 4
        room(
            "Evaluating",
            ["Inference", "LayerCatalogue", "ModelFormat", "Numerics", "Quantizing", "Vocabulary", system]),
        // Level 5
        room(
            "Pipeline",
            [
                "Assembling", "Evaluating", "Inference", "LayerCatalogue", "Ledger", "ModelFormat", "Numerics",
                "Publishing", "Quantizing",
                "Vocabulary", "Watching", crypto, log, serviceLifecycle, system, tomlKit,
            ]),
        // Level 6
        .executableTarget(
            name: "quantd", dependencies: ["Pipeline", "Vocabulary", argumentParser, log, serviceLifecycle, system],
            swiftSettings: strict),
        .executableTarget(
            name: "quantctl",
            dependencies: [
                "Inference", "LayerCatalogue", "Ledger", "ModelFormat", "Numerics", "Pipeline", "Quantizing",
                "Vocabulary",
                argumentParser, system,
            ],
            swiftSettings: strict),
        // Tests
        .target(name: "TestSupport", dependencies: [system], path: "Tests/TestSupport", swiftSettings: strict),
        tests("ArchitectureTests", [system]),
        tests("NumericsTests", ["Numerics"]),
        tests("ModelFormatTests", ["ModelFormat"]),
        tests("LayerCatalogueTests", ["LayerCatalogue", "ModelFormat"]),
        tests("InferenceTests", ["Inference", "LayerCatalogue", "ModelFormat", "Numerics", system]),
        tests(
            "EvaluatingTests",
            [
                "Evaluating", "Inference", "LayerCatalogue", "ModelFormat", "Numerics", "Quantizing", "Vocabulary",
                system,
            ]),
        tests("WatchingTests", ["Watching", "Vocabulary", system]),
        .testTarget(
            name: "AssemblingTests", dependencies: ["Assembling", "Vocabulary", "TestSupport", system],
            exclude: ["Scenarios"], swiftSettings: strict),
        tests("LedgerTests", ["Ledger", "Vocabulary", grdb, system]),
        tests("QuantctlTests", ["quantctl", "Ledger", "Vocabulary", grdb, system]),
        tests("PublishingTests", ["Publishing", "Vocabulary", crypto, system]),
        tests("PipelineTests", ["Evaluating", "Pipeline", "Quantizing", system]),
        tests("EndToEndTests", ["Ledger", "Vocabulary", "quantd", "quantctl", system]),
        tests("QuantizingTests", ["Quantizing", "LayerCatalogue", "ModelFormat", "Numerics", "Vocabulary", system]),
    ]
)
