import Glibc
import SystemPackage

/// Exchanges what stands under two names at once (renameat2(2) with RENAME_EXCHANGE).
///
/// The call is looked up by name, because Swift's Glibc module shows nothing of `_GNU_SOURCE`.
func renameExchange(_ one: FilePath, _ other: FilePath) throws(Errno) {
    typealias Call = @convention(c) (CInt, UnsafePointer<CChar>, CInt, UnsafePointer<CChar>, CUnsignedInt) -> CInt
    guard let symbol = dlsym(nil, "renameat2") else { throw Errno.noFunction }
    let call = unsafeBitCast(symbol, to: Call.self)
    let exchange: CUnsignedInt = 2  // linux/fs.h
    let result = one.withPlatformString { one in
        other.withPlatformString { call(AT_FDCWD, one, AT_FDCWD, $0, exchange) }
    }
    if result != 0 { throw Errno(rawValue: errno) }
}
