// swift-tools-version: 6.2
import PackageDescription

// Benchmarks of single kernels, a package of their own, so that the daemon does not depend on what measures it.
// `Scripts/bench kernels` runs what `swift build -c release --disable-build-manifest-caching --package-path Benchmarks` builds;
// with the cache it would not see files that have come to the package in the folder above.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "quantd", path: ".."),
        .package(url: "https://github.com/google/swift-benchmark", from: "0.1.2"),
    ],
    targets: [
        .executableTarget(
            name: "Kernels",
            dependencies: [
                .product(name: "Benchmark", package: "swift-benchmark"),
                .product(name: "Numerics", package: "quantd"),
            ])
    ]
)
