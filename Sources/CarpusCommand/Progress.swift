import CarpusPipeline
import Foundation
import Synchronization

/// Tells of a run on stderr: a bar on a terminal, lines elsewhere, NDJSON on request.
final class Progress: Sendable {
    enum Style: String, CaseIterable, Sendable { case auto, plain, json, none }

    private struct State {
        var running: [String] = []
        var finished = 0
    }
    private let style: Style
    private let verbose: Bool
    private let state = Mutex(State())

    init(_ style: Style, verbose: Bool) {
        self.style = style
        self.verbose = verbose
    }

    func tell(_ event: Runner.Event) {
        switch (style, event) {
        case (.none, _): return
        case (.json, _): Terminal.write(Self.json(event) + "\n")
        case (.auto, _) where Terminal.isInteractive: bar(event)
        default: line(event)
        }
    }

    /// Clears the bar before other words are written.
    func end() {
        if style == .auto, Terminal.isInteractive { Terminal.write("\r\u{1B}[K") }
    }

    private func line(_ event: Runner.Event) {
        switch event {
        case .started(let step, let subject, let occasion):
            if verbose { Terminal.note("sub-\(subject) \(occasion) \(step) ...") }
        case .finished(let result, let subject, let seconds):
            switch result.outcome {
            case .done(reused: true): if verbose { Terminal.note("sub-\(subject) \(result.occasion) \(result.step): done before") }
            case .done(reused: false): Terminal.note("sub-\(subject) \(result.occasion) \(result.step): done in \(String(format: "%.1f", seconds)) s")
            case .notScorable(let reason): Terminal.note("sub-\(subject) \(result.occasion) \(result.step): not scorable, because \(reason)")
            case .failed(let message): Terminal.note("sub-\(subject) \(result.occasion) \(result.step): FAILED: \(message)")
            }
        }
    }

    private func bar(_ event: Runner.Event) {
        let text = state.withLock { state -> String in
            switch event {
            case .started(let step, let subject, _): state.running.append("\(subject)/\(step)")
            case .finished(let result, let subject, _):
                state.finished += 1
                if let i = state.running.firstIndex(of: "\(subject)/\(result.step)") { state.running.remove(at: i) }
            }
            return "\r\u{1B}[K[\(state.finished) done] \(state.running.joined(separator: "  "))"
        }
        Terminal.write(text)
        if case .finished(let result, _, _) = event {
            if case .done = result.outcome { return }
            Terminal.write("\r\u{1B}[K")
            line(event)
        }
    }

    private static func json(_ event: Runner.Event) -> String {
        var members: [String: JSON]
        switch event {
        case .started(let step, let subject, let occasion):
            members = ["event": .string("started"), "step": .string(step), "subject": .string(subject), "occasion": .string(occasion.description)]
        case .finished(let result, let subject, let seconds):
            members = ["event": .string("finished"), "step": .string(result.step), "stage": .string(result.stage), "subject": .string(subject), "occasion": .string(result.occasion.description), "seconds": .number(seconds)]
            switch result.outcome {
            case .done(let reused): members["outcome"] = .string("done"); members["reused"] = .bool(reused)
            case .notScorable(let reason): members["outcome"] = .string("not-scorable"); members["reason"] = .string(reason)
            case .failed(let message): members["outcome"] = .string("failed"); members["reason"] = .string(message)
            }
        }
        return JSON.object(members).canonical
    }
}
