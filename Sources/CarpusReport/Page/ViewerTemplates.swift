/// The viewer: hidden until the page's script shows it.
enum ViewerTemplates {
    static let all = ["viewer": viewer, "pane": pane]

    static let viewer = """
    <div class="viewer" role="group" aria-label="Slices to look through" hidden>
    <p class="soft">For looking only: the pictures hold 8 bits of each value, compressed. Measuring is done on the images themselves. Not for diagnosis.</p>
    <div class="tools">
    {{#canLink}}<label><input type="checkbox" name="linked" checked> Series of a visit linked by position</label>
    {{/canLink}}{{#isBrowser}}<label>Labels as <select name="style"><option value="outline">outlines</option><option value="fill">areas</option></select></label>
    {{/isBrowser}}{{#overlays}}<label><input type="checkbox" name="overlay" value="{{.}}" checked> {{.}}</label>
    {{/overlays}}{{#hasOverlays}}<label>Opacity <input type="range" name="opacity" min="0" max="100" value="80"></label>
    {{/hasOverlays}}<button type="button" class="reset">Reset windows</button>
    </div>
    <details class="keys"><summary>Keys</summary>
    <p>Choose a picture with a click or the tabulator. Arrows, wheel: slice; Page up and down: five slices; Home, End. Drag: window width (across) and level (up and down); + and −: narrower, wider; [ and ]: darker, brighter; 0: as at first. Space: next image of an alignment. Shift and arrows: the line between visits.</p>
    </details>
    <div class="panes">
    {{#panes}}{{> pane}}{{/panes}}</div>
    {{#legends}}<details class="swatches" open><summary>{{of}}</summary>
    <ul>{{#swatches}}<li><span class="swatch" style="background: rgb({{colour}})"></span>{{meaning}}</li>{{/swatches}}</ul>
    </details>
    {{/legends}}</div>
    <noscript><p>To look through the slices the page's own script must be allowed. The other pictures and all numbers do not need it.</p></noscript>

    """

    static let pane = """
    <figure class="pane" data-occasion="{{occasion}}" data-stack="{{stack}}">
    <h3>{{title}} <span class="soft">{{origin}}</span></h3>
    <canvas tabindex="0" role="img" aria-label="{{altText}}"></canvas>
    <div class="tools"><label>Slice <input class="slice" type="range" min="0" value="0" step="1"></label> <output></output>
    {{#isWipe}}<label>Line <input class="wipe" type="range" min="0" max="100" value="50"></label>
    {{/isWipe}}{{#isFlicker}}<span role="group" aria-label="Image shown">{{#states}}<button type="button" data-show aria-pressed="false">{{.}}</button>{{/states}}</span>
    <button type="button" class="blink" aria-pressed="false">Blink fixed and aligned</button>
    {{/isFlicker}}</div>
    {{#caption}}<figcaption>{{caption}}</figcaption>
    {{/caption}}{{#sheets}}{{#data}}<img class="sheet" id="{{name}}" alt="" hidden src="data:image/webp;base64,{{{data}}}">
    {{/data}}{{#same}}<span class="sheet" data-same="{{same}}" hidden></span>
    {{/same}}{{/sheets}}</figure>

    """
}
