// Metadata of a call: rows to fill in, and what may leave this tab.

import {h, fill, icon, iconButton} from './dom.js';
import {base64} from './form.js';

const SECRET = /authorization|cookie|token|secret|password|api-?key|credential|session/i;

export function isSecret(name) {
    return SECRET.test(name);
}

/** What of the metadata may stand in links, the history and files. */
export function withoutSecrets(metadata) {
    return metadata.filter(({name}) => !isSecret(name));
}

export class MetadataEditor {
    constructor(rows, onchange) {
        this.rows = rows;
        this.onchange = onchange;
        this.element = h('div', {class: 'metadata'});
        this.draw();
    }

    set(rows) {
        this.rows = rows;
        this.draw();
    }

    /** The rows that have a name, as they are sent. */
    get filled() {
        return this.rows.filter((row) => row.name.trim() !== '').map(({name, value}) => ({name: name.trim(), value}));
    }

    changed() {
        this.onchange(this.rows);
    }

    /** Puts what the server says of row "[2].value" at its row. */
    problem(path, text) {
        const filled = this.rows.filter((row) => row.name.trim() !== '');
        const at = this.rows.indexOf(filled[Number(/^\[(\d+)]/.exec(path ?? '')?.[1] ?? 0)]);
        const row = this.element.querySelectorAll('.metadata-row')[Math.max(0, at)];
        if (row) {
            const place = row.querySelector('.problem');
            place.textContent = text;
            place.hidden = false;
            row.querySelector(path?.endsWith('name') ? '.name-input' : '.value-input').focus();
        }
    }

    draw(focus) {
        const rows = this.rows.map((row, i) => {
            const problem = h('p', {class: 'problem', role: 'alert', hidden: true});
            const note = h('small', {class: 'muted'});
            const encode = h('button', {type: 'button', class: 'small', title: 'Takes the value as text and encodes it as base64', onclick: () => {
                value.value = base64(new TextEncoder().encode(value.value));
                row.value = value.value;
                this.changed();
            }}, 'Encode');
            const explain = () => {
                const binary = row.name.trim().toLowerCase().endsWith('-bin');
                encode.hidden = !binary;
                value.placeholder = binary ? 'base64' : 'value';
                note.textContent = isSecret(row.name) ? 'stays in this tab: not in links, history or files' : '';
            };
            const name = h('input', {class: 'input mono name-input', value: row.name, placeholder: 'name', 'aria-label': `Name of metadata ${i + 1}`, spellcheck: 'false', autocomplete: 'off',
                autocapitalize: 'off', oninput: () => {
                    row.name = name.value;
                    problem.hidden = true;
                    explain();
                    this.changed();
                }});
            const value = h('input', {class: 'input mono value-input', value: row.value, 'aria-label': `Value of metadata ${i + 1}`, spellcheck: 'false', autocomplete: 'off', oninput: () => {
                row.value = value.value;
                problem.hidden = true;
                this.changed();
            }});
            explain();
            return h('div', {class: 'metadata-row'}, name, value, encode, iconButton('close', `Remove metadata ${row.name || i + 1}`, () => {
                this.rows.splice(i, 1);
                this.draw();
                this.changed();
            }), note, problem);
        });
        fill(this.element, rows.length === 0 && h('p', {class: 'muted'}, 'No metadata is sent with this call. Names that end in “-bin” take base64.'), rows,
            h('button', {type: 'button', class: 'ghost add', onclick: () => {
                this.rows.push({name: '', value: ''});
                this.draw(true);
                this.changed();
            }}, icon('plus'), 'Add metadata'));
        if (focus) {
            [...this.element.querySelectorAll('.name-input')].pop().focus();
        }
    }
}

/** Metadata that came, as a table. */
export function metadataTable(metadata, none) {
    if (!metadata || metadata.length === 0) {
        return h('p', {class: 'empty-note'}, none);
    }
    return h('table', {class: 'metadata-table'}, h('thead', {class: 'off-screen'}, h('tr', null, h('th', null, 'Name'), h('th', null, 'Value'))),
        h('tbody', null, metadata.map(({name, value}) => h('tr', null, h('th', {scope: 'row'}, name), h('td', null, value, name.endsWith('-bin') && bytesOf(value))))));
}

function bytesOf(value) {
    try {
        const text = new TextDecoder('utf-8', {fatal: true}).decode(Uint8Array.from(atob(value), (c) => c.charCodeAt(0)));
        return /^[\x20-\x7e\u00a0-\uffff]+$/.test(text) ? h('small', {class: 'muted'}, text) : null;
    } catch {
        return null;
    }
}
