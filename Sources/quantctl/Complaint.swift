import ArgumentParser
import Evaluating
import Foundation
import Images
import Inference
import Ledger
import ModelFormat
import Provenance
import Publishing
import Settings
import SystemPackage
import Working

/// Something that quantctl cannot do, with what it exits with.
struct Complaint: Error, CustomStringConvertible {
    let description: String
    let exitCode: ExitCode

    init(_ description: String, _ exitCode: ExitCode) {
        self.description = description
        self.exitCode = exitCode
    }

    /// What an error means to whoever asked. This is the one place where errors become exit codes.
    init(_ error: any Error) {
        description = "\(error)"
        exitCode =
            switch error {
            case let complaint as Complaint: complaint.exitCode
            case let error as LedgerError: Self.exitCode(of: error.reason)
            case is OutputError, is Errno, is KeyError, is PublishingError: .io
            case is FormatError, is InferenceError, is EvaluationError, is ImageSettingsError: .no
            case is ConfigurationError: ExitCode(78)
            default: .failure
            }
    }

    private static func exitCode(of reason: LedgerError.Reason) -> ExitCode {
        switch reason {
        case .missing, .noSuchRun: .absent
        case .newerSchema, .olderSchema, .notALedger, .damaged, .needsRecovery: .unreadable
        case .cannotOpen, .readOnly: .denied
        case .busy, .inUse: .later
        case .diskFull, .inputOutput, .refused, .wrongStatus, .sqlite: .io
        }
    }
}
