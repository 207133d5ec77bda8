/// The sections that hold results.
enum BodyTemplates {
    static let measurements = """
    <section id="measurements">
    <h2>Measurements</h2>
    <p>Three significant digits are shown; the full numbers stand in <code>measures.tsv</code>. What could not be scored has no number: it is not zero.</p>
    {{^groups}}<p>Nothing was measured.</p>
    {{/groups}}{{#groups}}<h3>{{heading}}</h3>
    {{#tables}}{{#folded}}<details><summary>{{caption}}</summary>
    {{> table}}
    </details>
    {{/folded}}{{^folded}}<p class="word">{{caption}}</p>
    {{> table}}
    {{/folded}}{{/tables}}{{/groups}}</section>
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
    <section id="figures">
    <h2>Figures</h2>
    {{^figures}}<p>Nothing was drawn.</p>
    {{/figures}}{{#figures}}<figure>
    <h3>{{title}} <span class="soft">{{origin}}</span></h3>
    <img src="data:image/png;base64,{{data}}" alt="{{altText}}"{{#width}} width="{{width}}" height="{{height}}"{{/width}}>
    <figcaption>{{caption}}</figcaption>
    </figure>
    {{/figures}}</section>
    """

    static let methods = """
    <section id="methods">
    <h2>Methods</h2>
    {{^methods}}<p>No step has methods to tell.</p>
    {{/methods}}{{#methods}}<p>{{sentence}} <span class="soft">({{steps}})</span></p>
    {{/methods}}</section>
    """
}
