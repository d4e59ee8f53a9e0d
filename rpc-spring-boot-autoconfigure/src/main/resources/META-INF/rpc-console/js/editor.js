// A text field for JSON with colours, line numbers, marks of what is wrong, and words on the field at the cursor.

import {h, fill} from './dom.js';
import {tokens, lineOf} from './json.js';

export function colours(text) {
    return tokens(text).map(([piece, kind]) => (kind ? h('span', {class: `json-${kind}`}, piece) : piece));
}

export class Editor {
    constructor(label, {oninput, oncursor}) {
        this.back = h('pre', {class: 'editor-back', 'aria-hidden': 'true'});
        this.lines = h('div', {class: 'editor-lines', 'aria-hidden': 'true'});
        this.area = h('textarea', {class: 'editor-area', 'aria-label': label, spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', wrap: 'off',
            oninput: () => {
                this.draw();
                oninput(this.area.value);
            },
            onkeydown: (event) => this.key(event), onscroll: () => this.follow()});
        for (const type of ['keyup', 'click', 'focus']) {
            this.area.addEventListener(type, () => oncursor(this.area.selectionStart));
        }
        this.element = h('div', {class: 'editor'}, this.lines, h('div', {class: 'editor-stage'}, this.back, this.area));
        this.wrong = [];
    }

    get text() {
        return this.area.value;
    }

    set text(text) {
        if (this.area.value !== text) {
            this.area.value = text;
            this.draw();
        }
    }

    /** Marks lines: [[offset, text]]. */
    mark(wrong) {
        this.wrong = wrong;
        this.area.setAttribute('aria-invalid', String(wrong.length > 0));
        this.draw();
    }

    moveTo(offset) {
        this.area.focus();
        this.area.setSelectionRange(offset, offset);
        const line = lineOf(this.text, offset);
        this.area.scrollTop = Math.max(0, line - 6) * parseFloat(getComputedStyle(this.area).lineHeight);
    }

    draw() {
        const {text} = this;
        const marked = new Map(this.wrong.map(([offset, why]) => [lineOf(text, offset), why]));
        fill(this.back, text.length > 200000 ? text : colours(text), '\n');
        const n = text.split('\n').length;
        fill(this.lines, Array.from({length: n}, (_, i) => {
            const why = marked.get(i + 1);
            return h('div', {class: why ? 'wrong' : null, title: why}, String(i + 1));
        }));
        this.follow();
    }

    follow() {
        this.back.scrollTop = this.area.scrollTop;
        this.back.scrollLeft = this.area.scrollLeft;
        this.lines.scrollTop = this.area.scrollTop;
    }

    /** A new line begins where the one above does; Tab goes on to the next field, as everywhere. */
    key(event) {
        if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.isComposing) {
            return;
        }
        const {selectionStart: from, selectionEnd: to, value} = this.area;
        const line = value.slice(value.lastIndexOf('\n', from - 1) + 1, from);
        const margin = /^\s*/.exec(line)[0] + (/[{[]\s*$/.test(line) ? '  ' : '');
        if (!document.execCommand('insertText', false, `\n${margin}`)) {
            this.area.setRangeText(`\n${margin}`, from, to, 'end');
            this.area.dispatchEvent(new Event('input'));
        }
        event.preventDefault();
    }
}
