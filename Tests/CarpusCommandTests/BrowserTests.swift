import CarpusTestSupport
import Foundation
import Testing

/// Reports opened in headless Chromium, at the widths of a desk and of a telephone.
@Suite(.serialized, .enabled(if: Browser.isThere, "needs Chromium (Debian: chromium) and Python"))
struct BrowserTests {
    /// Two visits with everything a reader can move; a title that would break a page without escaping.
    private static let analysis = #"""
        carpus: 1
        protocol: look
        version: 1
        series:
          scan: {kind: volume, file: ["*_T1w.nii.gz"]}
        steps:
          body:   {use: segment.threshold, from: {image: scan}, with: {label: bright}}
          look:   {use: draw.viewer, from: {image: scan, anatomy: body.labels}, with: {title: "T1 </script><script>window.broken = 1</script> \"q\" & 😀"}}
          twin:   {use: draw.viewer, from: {image: scan, lesions: body.labels}}
          montage: {use: draw.montage, from: {image: scan, labels: body.labels}}
          align:  {use: register.rigid, each: visit-pair, from: {fixed: baseline.scan, moving: followup.scan}}
          switch: {use: draw.flicker, each: visit-pair, from: {fixed: baseline.scan, moving: followup.scan, aligned: align.aligned}}
          change: {use: compare.progression, each: visit-pair, from: {baseline: baseline.scan, followup: followup.scan, transform: align.transform}}
          wipe:
            use: draw.change
            each: visit-pair
            from: {baseline: change.baseline, followup: change.followup, z: change.z, significant: change.significant}
            with: {increaseIs: worse}
        report: {title: "A <b>title</b> & \"more\""}
        """#

    @Test(arguments: [1280, 420]) func theReaderCanMoveEverythingAndNothingLeavesThePage(width: Int) throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            try Data(Self.analysis.utf8).write(to: folder.appending(path: "look.yml"))
            let run = try Carpus.run("run", "look.yml", "--input", "in", "--output", "out", in: folder)
            #expect(run.status == 0, "\(run.err)")
            var b = Browser.Script()
            b.define()
            let panes = b.evaluate("document.querySelectorAll('.pane').length"), broken = b.evaluate("window.broken === undefined && document.querySelectorAll('script').length")
            let title = b.evaluate("document.querySelector('.pane h3').textContent"), overflow = b.evaluate("document.documentElement.scrollWidth")
            let silent = b.evaluate("[...document.querySelectorAll('img:not(.sheet), canvas')].filter(x => !(x.alt || x.getAttribute('aria-label'))).length")

            b.reach("#images .pane:nth-child(3) canvas")
            b.reach("#images canvas")
            let first = b.picture("#images canvas"), second = b.picture("#images .pane:nth-child(3) canvas"), later = b.text("#images .pane:nth-child(2) output"), begin = b.text("#images output")
            b.key("ArrowUp")
            let up = b.picture("#images canvas"), linked = b.picture("#images .pane:nth-child(3) canvas"), words = b.text("#images output"), other = b.text("#images .pane:nth-child(3) output"), still = b.text("#images .pane:nth-child(2) output")
            b.wheel("#images canvas", 120)
            let back = b.picture("#images canvas")
            b.set("#images input.slice", "5")
            let slid = b.text("#images output")
            b.set("#images [name=opacity]", "0")
            let bare = b.picture("#images canvas")
            b.set("#images [name=opacity]", "100")
            let outlined = b.picture("#images canvas")
            b.set("#images [name=style]", "fill")
            let filled = b.picture("#images canvas")
            b.drag("#images canvas", 0.4, 0.4, 0.6, 0.6)
            let windowed = b.picture("#images canvas")
            b.key("0")
            let reset = b.picture("#images canvas")
            b.evaluate("document.activeElement.blur()")
            b.wheel("#images canvas", 120)
            let unmoved = b.text("#images output")

            b.reach("#registration canvas")
            let fixed = b.picture("#registration canvas")
            b.key("Space")
            let moving = b.picture("#registration canvas"), pressed = b.text("#registration [aria-pressed=true]")
            b.media(["prefers-reduced-motion": "reduce"])
            let calm = b.evaluate("document.querySelector('button.blink').hidden")
            b.media(["prefers-reduced-motion": "no-preference"])
            let lively = b.evaluate("document.querySelector('button.blink').hidden")

            b.reach("#progression canvas")
            b.evaluate("const boxes = document.querySelectorAll('#progression [name=overlay]'); boxes.forEach(x => { x.checked = false; x.dispatchEvent(new Event('input')); })")
            b.set("#progression input.wipe", "100")
            let baseline = b.picture("#progression canvas")
            b.set("#progression input.wipe", "0")
            let followup = b.picture("#progression canvas")
            b.evaluate("boxes.forEach(x => { x.checked = true; x.dispatchEvent(new Event('input')); })")
            let map = b.picture("#progression canvas"), legend = b.text("#progression .swatches")
            b.evaluate("document.querySelector('#progression canvas').focus()")
            b.evaluate("new Promise(done => setTimeout(done, 50))")
            b.drag("#progression canvas", 0.2, 0.5, 0.7, 0.5)
            let line = b.evaluate("document.querySelector('#progression input.wipe').value")

            b.withoutScript()
            let hidden = b.evaluate("[...document.querySelectorAll('.viewer')].every(x => x.hidden)"), montage = b.evaluate("document.querySelector('#segmentation img').naturalWidth > 0 && !!document.querySelector('#images noscript')")
            let seen = try b.run(on: folder.appending(path: "out/sub-07.html"), width: width)

            #expect(seen.complaints.isEmpty, "\(seen.complaints)")
            #expect(seen.requests.allSatisfy { $0.hasPrefix("data:") || ($0.hasPrefix("file:///") && $0.hasSuffix("/out/sub-07.html")) }, "\(seen.requests)")
            #expect(seen[panes] == "6" && seen[broken] == "1" && seen[title]?.hasPrefix("T1 </script><script>window.broken = 1</script> \"q\" & 😀") == true)
            #expect(seen[overflow] == "\(width)", "the page is no wider than the window")
            #expect(seen[silent] == "0", "each picture has words")
            #expect(seen[first] != seen[up] && seen[second] != seen[linked], "the key moves the series and the one linked to it")
            #expect(seen[begin] != seen[words] && seen[words] == seen[other], "both series lie on one grid")
            #expect(seen[later] == seen[still], "a series of another visit stays where it is")
            #expect(seen[back] == seen[first], "the wheel goes back")
            #expect(seen[slid]?.hasPrefix("slice 6 of 12, ") == true)
            #expect(seen[bare] != seen[outlined] && seen[outlined] != seen[filled] && seen[filled] != seen[windowed] && seen[reset] == seen[filled])
            #expect(seen[unmoved] == seen[slid], "the wheel scrolls the page while no picture is chosen")
            #expect(seen[fixed] != seen[moving] && seen[pressed] == "moving, before")
            #expect(seen[calm] == "true" && seen[lively] == "false")
            #expect(seen[baseline] != seen[followup] && seen[followup] != seen[map] && seen[legend]?.contains("more signal at follow-up (worse)") == true)
            #expect(seen[line] == "70")
            #expect(seen[hidden] == "true" && seen[montage] == "true", "without the script the montages are there")
        }
    }

    @Test func theTableOfAllSubjectsSorts() throws {
        try withFolder { folder in
            try Scans.writeTwoSubjects(to: folder.appending(path: "in"))
            try Data("""
                carpus: 1
                protocol: all
                version: 1
                series:
                  scan: {kind: volume, file: ["*_T1w.nii.gz"]}
                steps:
                  body: {use: segment.threshold, from: {image: scan}, with: {label: bright}}
                  size: {use: measure.volumes, from: {labels: body.labels}, with: {regions: [bright]}}
                """.utf8).write(to: folder.appending(path: "all.yml"))
            let run = try Carpus.run("run", "all.yml", "--input", "in", "--output", "out", in: folder)
            #expect(run.status == 0, "\(run.err)")
            var b = Browser.Script()
            let order = "[...document.querySelectorAll('table.sortable tbody tr')].map(r => r.cells[0].textContent.trim() + r.cells[1].textContent.trim()).join(' ')"
            func click(_ column: Int) -> String { "document.querySelectorAll('table.sortable thead button')[\(column)].click()" }
            let first = b.evaluate(order)
            b.evaluate(click(0))
            b.evaluate(click(0))
            let reversed = b.evaluate(order), told = b.evaluate("document.querySelector('table.sortable thead [aria-sort]').getAttribute('aria-sort')")
            let overflow = b.evaluate("document.documentElement.scrollWidth"), pictures = b.evaluate("[...document.images].every(x => x.alt && x.naturalWidth > 0) && document.images.length > 0")
            let seen = try b.run(on: folder.appending(path: "out/index.html"), width: 420)
            #expect(seen.complaints.isEmpty, "\(seen.complaints)")
            #expect(seen.requests.allSatisfy { $0.hasPrefix("data:") || ($0.hasPrefix("file:///") && $0.hasSuffix("/out/index.html")) }, "\(seen.requests)")
            let rows = (seen[first] ?? "").split(separator: " "), turned = (seen[reversed] ?? "").split(separator: " ")
            #expect(rows.count > 2 && rows.first?.hasPrefix("sub-07") == true && turned.first?.hasPrefix("sub-08") == true && rows.sorted() == turned.sorted(), "\(rows) \(turned)")
            #expect(seen[told] == "descending" && seen[overflow] == "420" && seen[pictures] == "true")
        }
    }
}
