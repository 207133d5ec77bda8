import Crypto
import Foundation

/// What the pages have in common: how they begin, and the policy that lets each run its own script and nothing else.
enum PageFrame {
    /// How a page begins, up to its body, for a template whose view has `style`, `scriptDigest` and what stands in the title.
    static func head(title: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{{{scriptDigest}}}'; base-uri 'none'; form-action 'none'">
        <title>\(title)</title>
        <style>
        {{{style}}}
        </style>
        </head>

        """
    }

    /// The digest by which a page's policy allows the script between its tags, and no other: SHA-256 in base 64.
    static func digest(of script: String) -> String { Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString() }
}
