/// The page's own script, in strict mode and out of reach of anything else, and the digest by which the page's policy allows it and no other.
enum PageScript {
    /// The three files in order: slices, the picture that shows them, the page.
    static let source = "(() => {\n\"use strict\";\n" + [PackageResources.slices_js, PackageResources.pane_js, PackageResources.page_js].map { String(decoding: $0, as: UTF8.self) }.joined() + "})();"

    /// The digest of what stands between the script's tags.
    static let digest = PageFrame.digest(of: source)
}
