/// What may stand in any section: numbers, pictures, sentences of methods.
enum BodyTemplates {
    static let all = ["measurements": measurements, "table": table, "figures": figures, "methods": methods]

    static let measurements = """
    {{#hasGroups}}<p>Three significant digits are shown; the full numbers stand in <code>measures.tsv</code>. What could not be scored has no number: it is not zero.</p>
    {{/hasGroups}}{{#groups}}<h3>{{heading}}</h3>
    {{#tables}}{{#folded}}<details><summary>{{caption}}</summary>
    {{> table}}
    </details>
    {{/folded}}{{^folded}}<p class="word">{{caption}}</p>
    {{> table}}
    {{/folded}}{{/tables}}{{/groups}}
    """

    static let table = """
    <div class="scroll"><table>
    <thead><tr><th scope="col">Region</th><th scope="col">Measure</th><th scope="col" class="number">Value</th><th scope="col">Unit</th><th scope="col">Status</th><th scope="col">Reason</th></tr></thead>
    <tbody>
    {{#rows}}<tr class="{{status}}"><td>{{region}}</td><td>{{quantity}}</td><td class="number">{{value}}</td><td>{{unit}}</td><td class="status">{{statusWord}}</td><td>{{reason}}</td></tr>
    {{/rows}}</tbody>
    </table></div>
    """

    static let figures = """
    {{#figures}}<figure>
    <h3>{{title}} <span class="soft">{{origin}}</span></h3>
    <img src="data:image/webp;base64,{{{data}}}" alt="{{altText}}"{{#width}} width="{{width}}" height="{{height}}"{{/width}}>
    <figcaption>{{caption}}</figcaption>
    </figure>
    {{/figures}}
    """

    static let methods = """
    {{#methods}}<p>{{sentence}} <span class="soft">({{steps}})</span></p>
    {{/methods}}
    """
}
