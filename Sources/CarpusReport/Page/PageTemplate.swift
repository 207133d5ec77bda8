/// The page's frame. What stands in double braces is escaped; only the style and the script, which are ours, are not.
enum PageTemplate {
    static let all = ["page": page, "section": section, "summary": summary, "course": course, "quality": quality, "findings": findings, "provenance": provenance]

    static let page = PageFrame.head(title: "{{heading}} – {{subject}}") + """
    <body>
    <header>
    <h1>{{heading}}</h1>
    <p class="caution">Not for diagnosis.</p>
    <nav aria-label="Sections">{{#sections}}<a href="#{{id}}">{{title}}</a>{{/sections}}</nav>
    </header>
    <main>
    {{#sections}}{{> section}}{{/sections}}</main>
    <footer>Carpus {{toolkit}}. Not for diagnosis.</footer>
    <script>{{{script}}}</script>
    </body>
    </html>

    """

    static let section = """
    <section id="{{id}}">
    <h2>{{title}}</h2>
    {{#why}}<p class="soft">{{why}}</p>
    {{/why}}{{#summary}}{{> summary}}{{/summary}}{{#quality}}{{> quality}}{{/quality}}{{#viewer}}{{> viewer}}{{/viewer}}{{> measurements}}{{> figures}}{{> findings}}{{> methods}}{{#provenance}}{{> provenance}}{{/provenance}}</section>

    """

    static let summary = """
    {{#missing}}<div class="box missing">
    <p class="word">{{headline}}</p>
    <ul>
    {{#rows}}<li><span class="word">{{what}}</span>{{#where}} <span class="soft">({{where}})</span>{{/where}}: {{reason}}</li>
    {{/rows}}</ul>
    {{#rest}}<details><summary>and {{count}} more</summary>
    <ul>
    {{#others}}<li><span class="word">{{what}}</span>{{#where}} <span class="soft">({{where}})</span>{{/where}}: {{reason}}</li>
    {{/others}}</ul>
    </details>
    {{/rest}}</div>
    {{/missing}}<dl class="facts">
    <dt>Subject</dt><dd>{{subject}}</dd>
    <dt>Visits</dt><dd>{{visits}}</dd>
    <dt>Side</dt><dd>{{side}}</dd>
    <dt>Protocol</dt><dd>{{protocol}}</dd>
    <dt>Steps</dt><dd>{{stepCounts}}</dd>
    <dt>Measurements</dt><dd>{{measurementCounts}}</dd>
    <dt>Findings</dt><dd>{{findingCounts}}</dd>
    </dl>
    {{#course}}{{#parts}}{{#isFolded}}<details><summary>{{caption}}</summary>
    {{> course}}
    </details>
    {{/isFolded}}{{^isFolded}}<p class="word">{{caption}}</p>
    {{> course}}
    {{/isFolded}}{{/parts}}{{#doubts}}<details><summary>Why numbers are to be looked at: {{count}}</summary>
    <ul>
    {{#reasons}}<li>{{.}}</li>
    {{/reasons}}</ul>
    </details>
    {{/doubts}}{{/course}}
    """

    static let course = """
    <div class="scroll"><table>
    <thead><tr><th scope="col">Region</th>{{#columns}}<th scope="col" class="number">{{.}}</th>{{/columns}}<th scope="col">Status</th></tr></thead>
    <tbody>
    {{#lines}}<tr><th scope="row">{{name}}</th>{{#cells}}<td class="number {{rank}}">{{text}}</td>{{/cells}}<td class="status {{rank}}">{{verdict}}</td></tr>
    {{/lines}}</tbody>
    </table></div>
    """

    static let quality = """
    {{#inputs}}<div class="scroll"><table>
    <thead><tr><th scope="col">Input</th><th scope="col">Visit</th><th scope="col">Status</th><th scope="col">Remark</th></tr></thead>
    <tbody>
    {{#list}}<tr class="{{state}}"><td>{{role}}</td><td>{{visit}}</td><td class="status">{{stateWord}}</td><td>{{remark}}</td></tr>
    {{/list}}</tbody>
    </table></div>
    {{/inputs}}{{^inputs}}<p class="soft">No series was read.</p>
    {{/inputs}}{{#concerns}}<p><span class="word">{{severityWord}}:</span> {{sentence}} <span class="soft">({{origin}})</span></p>
    {{/concerns}}{{#tables}}<p class="word">{{caption}}</p>
    {{> table}}
    {{/tables}}
    """

    static let findings = """
    {{#findings}}<div class="box {{severity}}">
    <p><span class="word">{{severityWord}}:</span> {{sentence}}</p>
    {{#evidence}}<p class="soft">{{evidence}}</p>
    {{/evidence}}<p class="soft"><code>{{code}}</code>, from {{origin}}</p>
    </div>
    {{/findings}}
    """

    static let provenance = """
    <dl class="facts">
    <dt>Carpus</dt><dd>{{toolkit}}</dd>
    <dt>Protocol</dt><dd>{{protocol}}</dd>
    <dt>Protocol digest</dt><dd><code>{{digest}}</code></dd>
    </dl>
    {{#steps}}<div class="scroll"><table>
    <thead><tr><th scope="col">Step</th><th scope="col">Stage</th><th scope="col">Visit</th><th scope="col">Status</th><th scope="col">Parameters</th></tr></thead>
    <tbody>
    {{#rows}}<tr class="{{status}}"><td>{{name}}</td><td><code>{{stage}}</code></td><td>{{occasion}}</td><td class="status">{{statusWord}}</td><td>{{#reason}}{{reason}}<br>{{/reason}}{{#parameters}}<code>{{parameters}}</code>{{/parameters}}</td></tr>
    {{/rows}}</tbody>
    </table></div>
    {{/steps}}{{^steps}}<p>No step was run.</p>
    {{/steps}}
    """
}
