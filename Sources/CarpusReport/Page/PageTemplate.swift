/// The page's frame. What stands in double braces is escaped; only the style, which is ours, is not.
enum PageTemplate {
    static let page = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <title>{{title}} – {{subject}}</title>
    <style>
    {{{style}}}
    </style>
    </head>
    <body>
    <header>
    <h1>{{title}}</h1>
    <p class="caution">Not for diagnosis.</p>
    <nav aria-label="Sections"><a href="#summary">Summary</a><a href="#findings">Findings</a><a href="#measurements">Measurements</a><a href="#figures">Figures</a><a href="#methods">Methods</a><a href="#provenance">Provenance</a></nav>
    </header>
    <main>
    {{> summary}}
    {{> findings}}
    {{> measurements}}
    {{> figures}}
    {{> methods}}
    {{> provenance}}
    </main>
    <footer>Carpus {{toolkit}}. Not for diagnosis.</footer>
    </body>
    </html>

    """

    static let summary = """
    <section id="summary">
    <h2>Summary</h2>
    {{#missing}}<div class="box missing">
    <p class="word">{{headline}}</p>
    <ul>
    {{#rows}}<li><span class="word">{{what}}</span>{{#where}} <span class="soft">({{where}})</span>{{/where}}: {{reason}}</li>
    {{/rows}}</ul>
    </div>
    {{/missing}}
    <dl class="facts">
    <dt>Subject</dt><dd>{{subject}}</dd>
    <dt>Visits</dt><dd>{{visits}}</dd>
    <dt>Side</dt><dd>{{side}}</dd>
    <dt>Protocol</dt><dd>{{protocol}}</dd>
    <dt>Steps</dt><dd>{{stepCounts}}</dd>
    <dt>Measurements</dt><dd>{{measurementCounts}}</dd>
    <dt>Findings</dt><dd>{{findingCounts}}</dd>
    </dl>
    </section>
    """

    static let findings = """
    <section id="findings">
    <h2>Findings</h2>
    {{^findings}}<p>Nothing doubtful was found.</p>
    {{/findings}}{{#findings}}<div class="box {{severity}}">
    <p><span class="word">{{severityWord}}:</span> {{sentence}}</p>
    {{#evidence}}<p class="soft">{{evidence}}</p>
    {{/evidence}}<p class="soft"><code>{{code}}</code>, from {{origin}}</p>
    </div>
    {{/findings}}</section>
    """

    static let provenance = """
    <section id="provenance">
    <h2>Provenance</h2>
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
    {{/steps}}</section>
    """
}
