import CarpusCore
import Foundation

/// A legend as viewers of label maps read it.
extension Legend {
    /// A colour table of 3D Slicer, `.ctbl`: value, name without blanks, red, green, blue and opacity, 0 to 255.
    var slicerTable: String {
        let background = "0 background 0 0 0 0"
        let rows = labels.map { l in "\(l.value) \(l.name.replacing(" ", with: "_")) " + l.color.map { "\($0)" }.joined(separator: " ") + " 255" }
        return (["# Colour table: value name red green blue opacity", background] + rows).joined(separator: "\n") + "\n"
    }

    /// A label description of ITK-SNAP: value, red, green, blue, opacity from 0 to 1, shown, shown as a surface, name in quotes.
    var snapDescription: String {
        let background = #"    0     0    0    0        0  0  0    "Clear Label""#
        let rows = labels.map { l in
            String(format: "%5d   %3d  %3d  %3d        1  1  1    ", l.value, l.color[0], l.color[1], l.color[2]) + "\"\(l.name)\""
        }
        return (["# Label description: index red green blue opacity visible surface name", background] + rows).joined(separator: "\n") + "\n"
    }
}
