import Synchronization
import SystemPackage

@testable import Publishing

/// Watches the operations of a publisher, and lets some of them fail.
final class Faults: Sendable {
    struct Step: Sendable, Equatable {
        let operation: Disk.Operation
        let path: FilePath
    }

    /// Which operations fail, counted from 1.
    enum Plan: Sendable {
        case none
        /// One operation: a passing fault.
        case only(Int)
        /// This one and each after it: as if the process had been killed there, nothing it does has any effect.
        case from(Int)
    }

    private struct State {
        var plan = Plan.none
        var code = Errno.ioError
        var steps: [Step] = []
    }
    private let state = Mutex(State())

    /// The operations since the plan was made.
    var steps: [Step] { state.withLock { $0.steps } }

    func plan(_ plan: Plan, _ code: Errno = .ioError) {
        state.withLock { $0 = State(plan: plan, code: code) }
    }

    func disk() -> Disk {
        Disk { operation, path in
            self.state.withLock { state in
                state.steps.append(Step(operation: operation, path: path))
                switch state.plan {
                case .only(let step) where state.steps.count == step: return state.code
                case .from(let step) where state.steps.count >= step: return state.code
                case .none, .only, .from: return nil
                }
            }
        }
    }
}
