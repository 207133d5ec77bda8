import CarpusTestSupport
import Foundation

/// Headless Chromium, driven through `Browser/browser.py`.
enum Browser {
    static let isThere = ["chromium", "chromium-browser", "google-chrome"].contains { name in
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    /// The value a step will have.
    struct Value { fileprivate let step: Int }

    /// What was seen.
    struct Answer: Decodable {
        let requests, complaints: [String]
        private let values: [String?]
        subscript(value: Value) -> String? { values[value.step] }
    }

    /// What a reader does, step by step; the page is opened when it runs.
    struct Script {
        private var steps: [[String: Any]] = []

        /// Shorthands for the steps that follow: an element, its middle in the window, and a number that tells the inner part of a picture from another, without the words at its rim.
        mutating func define() {
            evaluate("""
                window.find = q => document.querySelector(q);
                window.look = q => { const c = find(q), w = c.width, h = c.height, d = c.getContext('2d').getImageData(0.12 * w, 0.12 * h, 0.76 * w, 0.76 * h).data;
                  let sum = 0, bright = 0; for (let i = 0; i < d.length; i += 4) { sum = (sum * 31 + d[i] + 3 * d[i + 1] + 7 * d[i + 2]) >>> 0; bright += d[i] > 40; }
                  return bright ? String(sum) : 'dark'; };
                """)
        }

        /// The value of an expression, as text.
        @discardableResult mutating func evaluate(_ expression: String) -> Value { add(["evaluate": expression]) }
        mutating func text(_ query: String) -> Value { evaluate("find(`\(query)`).textContent") }
        mutating func picture(_ query: String) -> Value { evaluate("look(`\(query)`)") }
        mutating func key(_ name: String) { _ = add(["key": name]) }
        mutating func media(_ features: [String: String]) { _ = add(["media": features]) }
        mutating func withoutScript() { _ = add(["script": false]) }

        /// Brings a picture into the window, waits until it is drawn, and chooses it.
        mutating func reach(_ query: String) {
            evaluate("find(`\(query)`).scrollIntoView({block: 'center'}); find(`\(query)`).focus({preventScroll: true})")
            evaluate("new Promise(done => { const wait = () => find(`\(query)`).width > 300 ? done() : setTimeout(wait, 50); wait(); })")
        }

        /// Sets a control as a reader would.
        mutating func set(_ query: String, _ value: String) { evaluate("find(`\(query)`).value = '\(value)'; find(`\(query)`).dispatchEvent(new Event('input', {bubbles: true}))") }

        mutating func wheel(_ query: String, _ delta: Int) { _ = add(["wheel": [query, delta]]) }

        /// Drags between two places, as shares of a picture's width and height.
        mutating func drag(_ query: String, _ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double) { _ = add(["drag": [query, x0, y0, x1, y1]]) }

        private mutating func add(_ step: [String: Any]) -> Value {
            steps.append(step)
            return Value(step: steps.count - 1)
        }

        /// Opens a page in a window of a width and does it all.
        func run(on page: URL, width: Int) throws -> Answer {
            let program = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Browser/browser.py")
            let file = page.deletingLastPathComponent().appending(path: "steps-\(width).json")
            try JSONSerialization.data(withJSONObject: steps).write(to: file)
            return try JSONDecoder().decode(Answer.self, from: Python.run([program.path, page.path, "\(width)", file.path]))
        }
    }
}
