public import ArgumentParser
import Carpus
public import CarpusQuantification
import Foundation

struct Agree: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how well raters or methods agree: ICC, kappa, Bland-Altman, smallest detectable change, ROC.",
        discussion: """
            TABLE is tab-separated with a first line of names, a line a value: who rated (rater, reader or method), the subject \
            (participant_id, session_id, side, region, as far as they are there), the value, and measure, unit and status where there are several. \
            n/a is missing. Whole numbers from 0 to 10 are taken for grades. stdout is a tab-separated table: measure, statistic, raters, \
            value, lower, upper, unit, n, note. The statistics are explained in Docs/Definitions.md. --figures writes drawings (SVG): limits \
            of agreement, scatter with the line of identity, tables of grades, and with --reference ROC and precision-recall curves.
            """)

    @Argument(help: "The table of values (.tsv).", completion: .file())
    var table: String
    @Option(help: "The column that tells who rated (default: rater, reader or method).")
    var rater: String?
    @Option(help: "The column of the value.")
    var value = Agreement.Options().value
    @Option(parsing: .upToNextOption, help: "The columns that keep subjects apart (default: participant_id session_id side region).")
    var subject: [String] = []
    @Option(parsing: .upToNextOption, help: "The columns whose values are looked at one by one (default: measure, if it is there); add region where regions of one patient should not count as subjects.")
    var by: [String] = []
    @Option(help: "The rater who is taken for the truth; adds ROC and cut-offs.")
    var reference: String?
    @Option(help: "The reference's value from which a subject is positive (default: above 0).")
    var positive: Double?
    @Option(help: "What the values are: grades or numbers (default: by their look).")
    var scale: Scale?
    @Option(help: "How many raters' mean a result will be; for sdd and sdc.")
    var averaged = Agreement.Options().averaged
    @Option(help: "The sensitivity or specificity a cut-off has to reach.")
    var least = Agreement.Options().least
    @Option(help: "Level of the intervals.")
    var level = Bootstrap().level
    @Option(help: "Replicates of the bootstrap.")
    var replicates = Bootstrap().replicates
    @Option(help: "Seed of the bootstrap.")
    var seed = Bootstrap().seed
    @Option(help: "How the bootstrap's ends are found: percentile or bca.")
    var bootstrap = Bootstrap().kind
    @Option(help: "A folder for figures of each measure and pair, SVG.", completion: .directory)
    var figures: String?
    @Flag(help: "Replace figures that are there.")
    var force = false
    @Flag(help: "As JSON.")
    var json = false

    enum Scale: String, ExpressibleByArgument, CaseIterable { case grades, numbers }

    func validate() throws {
        guard level > 0, level < 1 else { throw ValidationError("the level is \(level); it has to lie between 0 and 1, as 0.95") }
        guard (1...1_000_000).contains(replicates) else { throw ValidationError("\(replicates) replicates; 1 to 1000000 are possible, 2000 are usual") }
        guard averaged > 0 else { throw ValidationError("a result is the mean of at least one rater") }
        guard (0...1).contains(least) else { throw ValidationError("--least is \(least); sensitivity and specificity lie between 0 and 1") }
    }

    func run() throws {
        var options = Agreement.Options()
        (options.rater, options.value, options.subject, options.reference, options.positive) = (rater, value, subject, reference, positive)
        options.groups = by
        (options.grades, options.averaged, options.least) = (scale.map { $0 == .grades }, averaged, least)
        (options.bootstrap.level, options.bootstrap.replicates, options.bootstrap.seed, options.bootstrap.kind) = (level, replicates, seed, bootstrap)
        let agreement = try Agreement(of: URL(filePath: table), options: options)
        if let figures { try agreement.writeDrawings(to: URL(filePath: figures, directoryHint: .isDirectory), replacing: force) }
        if json { try Terminal.json(agreement) } else { Terminal.data(agreement.tsv) }
    }
}

extension Bootstrap.Kind: ExpressibleByArgument {}
