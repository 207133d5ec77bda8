/// The frame of the page about many subjects. What stands in double braces is escaped; style, script and pictures are ours.
enum CohortTemplates {
    static let style = """
    th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 2px solid var(--link); } th[aria-sort="ascending"] button::after { content: " ↑"; } th[aria-sort="descending"] button::after { content: " ↓"; }
    td.not-scorable { background: var(--bad-band); color: var(--bad); } td.review { background: var(--look-band); } td.absent { color: var(--soft); }
    .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; } .figures img { width: 100%; height: auto; }
    """

    static let head = PageFrame.head(title: "{{title}}: all participants") + """
    <body>
    <header>
    <h1>{{title}}: all participants</h1>
    <p class="caution">Not for diagnosis.</p>
    <nav aria-label="Sections"><a href="#dropouts">Missing</a><a href="#figures">Figures</a><a href="#table">Table</a></nav>
    <dl class="facts">
    <dt>Participants</dt><dd>{{participants}}</dd>
    <dt>Numbers</dt><dd>{{cells}}</dd>
    <dt>Protocol</dt><dd>{{protocol}}</dd>
    </dl>
    </header>
    <main>
    <section id="dropouts">
    <h2>What is missing, and why</h2>
    {{^drops}}<p>Nothing is missing.</p>
    {{/drops}}<ul>
    {{#drops}}<li>{{reason}}{{#what}}: {{counts}}{{/what}} <span class="soft">({{who}})</span></li>
    {{/drops}}</ul>
    </section>
    <section id="figures">
    <h2>Distributions and courses</h2>
    <div class="figures">
    {{#figures}}<figure><img src="{{{source}}}" alt="{{alt}}"></figure>
    {{/figures}}</div>
    </section>
    <section id="table">
    <h2>Table</h2>
    <p>A click on a column's head sorts by it. {{untold}} What is not scorable has no number; it is never a zero.</p>
    <div class="scroll"><table class="sortable">
    <thead><tr><th scope="col"><button type="button">Participant</button></th><th scope="col"><button type="button">Session</button></th><th scope="col"><button type="button">Side</button></th>{{#heads}}<th scope="col" class="number"><button type="button">{{name}}</button> <span class="soft">{{detail}}</span></th>{{/heads}}</tr></thead>
    <tbody>

    """

    static let row = """
    <tr><td>{{#page}}<a href="{{page}}">{{participant}}</a>{{/page}}{{^page}}{{participant}}{{/page}}</td><td>{{session}}</td><td>{{side}}</td>{{#cells}}<td class="number {{status}}" data-value="{{value}}" title="{{reason}}">{{text}}</td>{{/cells}}</tr>

    """

    static let foot = """
    </tbody>
    </table></div>
    </section>
    </main>
    <footer>Carpus {{toolkit}}. Not for diagnosis.</footer>
    <script>{{{script}}}</script>
    </body>
    </html>

    """
}
