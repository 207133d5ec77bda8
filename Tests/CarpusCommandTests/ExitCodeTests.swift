import Foundation
import Testing

@Suite struct ExitCodeTests {
    private func code(_ arguments: String..., words: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Int32 {
        try withFolder { folder in
            let (process, out, err) = try Carpus.start(arguments, in: folder)
            process.waitUntilExit()
            let said = try String(contentsOf: err, encoding: .utf8)
            #expect(said.contains(words), "\(said)", sourceLocation: sourceLocation)
            #expect(try Data(contentsOf: out).isEmpty, "an error leaves stdout empty", sourceLocation: sourceLocation)
            return process.terminationStatus
        }
    }

    @Test func aWrongWordIsUsage() throws {
        #expect(try code("run", words: "Missing expected argument") == 64)
        #expect(try code("stages", "--nonsense", words: "nonsense") == 64)
        #expect(try code("stages", "register.rigit", words: "register.rigid") == 64)
    }

    @Test func aMissingFileIsInputMissing() throws {
        #expect(try code("info", "/nowhere/at/all", words: "/nowhere/at/all") == 66)
        #expect(try code("run", Carpus.root.appending(path: "Protocols/wrist-ra.yml").path, "--input", "/nowhere", "--output", "o", words: "/nowhere") == 66)
    }

    @Test func aFolderWithoutScansSaysWhatWasFound() throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(at: folder.appending(path: "in"), withIntermediateDirectories: true)
            try Data("hello".utf8).write(to: folder.appending(path: "in/notes.txt"))
            let answer = try Carpus.run("run", Carpus.root.appending(path: "Protocols/wrist-ra.yml").path, "--input", "in", "--output", "o", in: folder)
            #expect(answer.status == 66 && answer.err.contains("no NIfTI or DICOM series was found"))
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "o").path))
        }
    }

    @Test func aBrokenFileIsBadData() throws {
        try withFolder { folder in
            try Data("not an image".utf8).write(to: folder.appending(path: "x.nii"))
            let answer = try Carpus.run("info", "x.nii", in: folder)
            #expect(answer.status == 65 && answer.err.contains("x.nii"))
        }
    }

    @Test func aWrongProtocolIsToldWithLineColumnAndTheNearestName() throws {
        try withFolder { folder in
            let text = "carpus: 1\nprotocol: p\nseries:\n  t1: {file: \"*\"}\nsteps:\n  m: {use: segment.marow, from: {image: t1}}\n"
            try text.write(to: folder.appending(path: "p.yml"), atomically: true, encoding: .utf8)
            let answer = try Carpus.run("protocol", "validate", "p.yml", in: folder)
            #expect(answer.status == 78)
            #expect(answer.err.contains("p.yml:6:") && answer.err.contains("segment.marrow"), "\(answer.err)")
        }
    }

    @Test func nothingIsOverwrittenWithoutForce() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            let scan = "in/sub-07/ses-01/anat/sub-07_ses-01_T1w.nii.gz"
            try Data("precious".utf8).write(to: folder.appending(path: "there.nii.gz"))
            #expect(try Carpus.run("convert", scan, "there.nii.gz", in: folder).status == 73)
            #expect(try String(contentsOf: folder.appending(path: "there.nii.gz"), encoding: .utf8) == "precious")
            #expect(try Carpus.run("convert", scan, "there.nii.gz", "--force", in: folder).status == 0)
            try FileManager.default.createDirectory(at: folder.appending(path: "full"), withIntermediateDirectories: true)
            try Data("precious".utf8).write(to: folder.appending(path: "full/x"))
            let run = try Carpus.run("run", Carpus.root.appending(path: "Protocols/two-visits.yml").path, "--input", "in", "--output", "full", in: folder)
            #expect(run.status == 73 && run.err.contains("--force"))
        }
    }

    @Test func theShippedProtocolsAreValid() throws {
        for place in ["Protocols", "Protocols/examples"] {
            let folder = Carpus.root.appending(path: place)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".yml") {
                let answer = try Carpus.run("protocol", "validate", name, in: folder)
                #expect(answer.status == 0, "\(name): \(answer.err)")
            }
        }
    }

    @Test func generatedPagesAreFresh() throws {
        let docs = Carpus.root.appending(path: "Docs")
        let stages = try Carpus.run("stages", "--markdown", in: docs).out, schema = try Carpus.run("protocol", "schema", in: docs).out
        #expect(try String(contentsOf: docs.appending(path: "Stages.md"), encoding: .utf8) == stages, "run 'make docs'")
        #expect(try String(contentsOf: docs.appending(path: "protocol.schema.json"), encoding: .utf8) == schema, "run 'make docs'")
    }
}
