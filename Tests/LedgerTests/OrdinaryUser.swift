import Glibc

/// Runs `body` without the superuser's right to pass permissions over, where the tests run as the superuser.
///
/// Linux keeps the identity that counts on the file system for each thread, so other tests do not notice. The call is
/// looked up by name, because Swift's Glibc module leaves `sys/fsuid.h` out.
func asOrdinaryUser<T>(_ body: () throws -> T) rethrows -> T {
    guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return try body() }
    let setUser = unsafeBitCast(symbol, to: (@convention(c) (uid_t) -> CInt).self)
    _ = setUser(65534)
    defer { _ = setUser(0) }
    return try body()
}
