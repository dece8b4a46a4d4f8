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
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tomlKit = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
    name: "quantd",
    products: [
        .executable(name: "quantd", targets: ["quantd"]),
        .executable(name: "quantctl", targets: ["quantctl"]),
        // For the fuzz targets and the benchmarks, which are packages of their own.
        .library(name: "ModelFormat", targets: ["ModelFormat"]),
        .library(name: "LayerCatalogue", targets: ["LayerCatalogue"]),
        .library(name: "Quantizing", targets: ["Quantizing"]),
        .library(name: "Images", targets: ["Images"]),
        .library(name: "Numerics", targets: ["Numerics"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // Level 0
        room("Vocabulary", [system]),
        room("Scheduling", [deque, system]),
        // Level 1
        room("ModelFormat", ["Vocabulary", system]),
        .target(name: "CKernels", cSettings: [.treatAllWarnings(as: .error)], linkerSettings: [.linkedLibrary("m")]),
        room("Numerics", ["CKernels", "Vocabulary"]),
        room("Metrics", []),
        // The archives and not the shared libraries, so that a program brings along what decodes its images.
        .target(
            name: "CImages", cSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: [":libpng16.a", ":libjpeg.a", ":libz.a", "m"].map { .linkedLibrary($0) }),
        // Level 2
        room("Images", ["CImages", "ModelFormat", "Numerics", system]),
        room("LayerCatalogue", ["ModelFormat"]),
        // Level 3
        room("Quantizing", ["LayerCatalogue", "ModelFormat", "Numerics", "Vocabulary"]),
        room("Inference", ["LayerCatalogue", "ModelFormat", "Numerics"]),
        room("Watching", ["Scheduling", "Vocabulary", system]),
        room("Assembling", ["Vocabulary", heap, system]),
        room("Publishing", ["Vocabulary", crypto, system]),
        room("Ledger", ["Vocabulary", grdb, grdbSQLite, system]),
        // Level 4
        room(
            "Evaluating",
            ["Images", "Inference", "LayerCatalogue", "ModelFormat", "Numerics", "Quantizing", "Vocabulary", system]),
        room("Provenance", ["Ledger", "ModelFormat", "Publishing", "Vocabulary", crypto, cryptoExtras, system]),
        room(
            "Reporting",
            ["LayerCatalogue", "Ledger", "ModelFormat", "Publishing", "Quantizing", "Vocabulary", system]),
        room("Requests", ["Ledger", "Publishing", "Vocabulary", system]),
        room("Diagnosis", ["Watching", system]),
        // Level 5
        room("Settings", ["Evaluating", "Images", "ModelFormat", "Quantizing", system, tomlKit]),
        // Level 6
        room(
            "Working",
            [
                "Evaluating", "Images", "Inference", "LayerCatalogue", "ModelFormat", "Numerics", "Quantizing",
                "Settings", "Vocabulary", crypto, system,
            ]),
        // Level 7
        room(
            "Pipeline",
            [
                "Assembling", "Metrics", "Ledger", "Provenance", "Publishing", "Requests", "Scheduling", "Settings",
                "Vocabulary", "Watching", "Working", crypto, deque, log, system,
            ]),
        // Level 8
        .executableTarget(
            name: "quantd",
            dependencies: [
                "Pipeline", "Scheduling", "Settings", "Vocabulary", "Working", argumentParser, log, system,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "quantctl",
            dependencies: [
                "Diagnosis", "Evaluating", "Images", "Inference", "LayerCatalogue", "Ledger", "ModelFormat", "Numerics",
                "Provenance", "Publishing", "Quantizing", "Reporting", "Requests", "Settings", "Vocabulary", "Watching",
                "Working", argumentParser, system,
            ],
            swiftSettings: strict),
        // Tests
        .target(name: "TestSupport", dependencies: [system], path: "Tests/TestSupport", swiftSettings: strict),
        tests("ArchitectureTests", [system]),
        tests("SchedulingTests", ["Scheduling"]),
        tests("NumericsTests", ["Numerics"]),
        tests("MetricsTests", ["Metrics"]),
        tests("ModelFormatTests", ["ModelFormat"]),
        tests("ImagesTests", ["Images", "ModelFormat", "Numerics", system]),
        tests("LayerCatalogueTests", ["LayerCatalogue", "ModelFormat"]),
        tests("InferenceTests", ["Inference", "LayerCatalogue", "ModelFormat", "Numerics", system]),
        tests(
            "EvaluatingTests",
            [
                "Evaluating", "Images", "Inference", "LayerCatalogue", "ModelFormat", "Numerics", "Quantizing",
                "Vocabulary", system,
            ]),
        tests("WatchingTests", ["Watching", "Vocabulary", system]),
        .testTarget(
            name: "AssemblingTests", dependencies: ["Assembling", "Vocabulary", "TestSupport", system],
            exclude: ["Scenarios"], swiftSettings: strict),
        tests("LedgerTests", ["Ledger", "Vocabulary", grdb, system]),
        tests("QuantctlTests", ["quantctl", "Ledger", "Reporting", "Vocabulary", argumentParser, grdb, system]),
        tests("PublishingTests", ["Publishing", "Vocabulary", crypto, system]),
        tests("ProvenanceTests", ["Ledger", "Provenance", "Publishing", "Vocabulary", crypto, system]),
        tests(
            "ReportingTests",
            ["LayerCatalogue", "Ledger", "ModelFormat", "Publishing", "Quantizing", "Reporting", "Vocabulary", system]),
        tests("RequestsTests", ["Ledger", "Publishing", "Requests", "Vocabulary", system]),
        tests("DiagnosisTests", ["Diagnosis", "Watching", system]),
        tests("SettingsTests", ["Evaluating", "Images", "Quantizing", "Settings", system]),
        tests(
            "WorkingTests", ["Evaluating", "ModelFormat", "Quantizing", "Settings", "Vocabulary", "Working", system]),
        tests("PipelineTests", ["Ledger", "Pipeline", "Settings", "Vocabulary", "Working", log, system]),
        tests("QuantdTests", ["Pipeline", "Settings", "Vocabulary", "Working", "quantd", crypto, log, system]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "LayerCatalogue", "Ledger", "ModelFormat", "Publishing", "Quantizing", "Settings", "TestSupport",
                "Vocabulary", "Working", "quantd", "quantctl", crypto, system,
            ],
            exclude: ["Scenarios"], swiftSettings: strict),
        tests("QuantizingTests", ["Quantizing", "LayerCatalogue", "ModelFormat", "Numerics", "Vocabulary", system]),
    ]
)
