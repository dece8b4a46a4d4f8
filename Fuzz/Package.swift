// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets for libFuzzer, a package of their own: they have no main function, so they build only with
// `-sanitize=fuzzer`. `Scripts/fuzz` builds and runs them.
let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "quantd", path: "..")],
    targets: ["FuzzParam", "FuzzBin", "FuzzTable", "FuzzNpy", "FuzzImage"].map { name in
        .executableTarget(
            name: name,
            dependencies: ["ModelFormat", "LayerCatalogue", "Quantizing", "Images"].map {
                .product(name: $0, package: "quantd")
            })
    }
)
