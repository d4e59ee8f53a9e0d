// Who calls are made as. It stays in this tab: never in links, the history or files.

import {h, fill, icon} from './dom.js';
import {base64} from './form.js';

const KEY = 'rpc-console.identity';

export class Identity {
    constructor(button) {
        this.button = button;
        this.value = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? {kind: 'none'};
        this.dialog = this.makeDialog();
        document.body.append(this.dialog);
        button.addEventListener('click', () => this.open());
        this.draw();
    }

    /** The `authorization` of a call, unless the call brings its own. */
    get metadata() {
        const {kind, token, user, password} = this.value;
        if (kind === 'bearer' && token) {
            return [{name: 'authorization', value: `Bearer ${token}`}];
        }
        if (kind === 'basic' && user) {
            return [{name: 'authorization', value: `Basic ${base64(new TextEncoder().encode(`${user}:${password ?? ''}`))}`}];
        }
        return [];
    }

    applyTo(metadata) {
        return metadata.some(({name}) => name.toLowerCase() === 'authorization') ? metadata : [...metadata, ...this.metadata];
    }

    draw() {
        const {kind, user, token} = this.value;
        const label = kind === 'basic' && user ? user : kind === 'bearer' && token ? 'Bearer token' : 'Anonymous';
        fill(this.button, icon(kind === 'bearer' && token ? 'key' : 'user'), h('span', {class: 'label'}, label));
        this.button.setAttribute('aria-label', `Calls are made as: ${label}. Change`);
        this.button.classList.toggle('on', label !== 'Anonymous');
    }

    open() {
        const {kind, token, user, password} = this.value;
        const {token: tokenInput, user: userInput, password: passwordInput} = this.inputs;
        tokenInput.value = token ?? '';
        userInput.value = user ?? '';
        passwordInput.value = password ?? '';
        for (const radio of this.radios) {
            radio.checked = radio.value === kind;
        }
        this.show(kind);
        this.dialog.showModal();
    }

    show(kind) {
        this.bearer.hidden = kind !== 'bearer';
        this.basic.hidden = kind !== 'basic';
    }

    makeDialog() {
        this.inputs = {
            token: h('textarea', {class: 'input mono', id: 'identity-token', rows: 4, spellcheck: 'false', autocomplete: 'off', placeholder: 'eyJhbGciOi…'}),
            user: h('input', {class: 'input', id: 'identity-user', autocomplete: 'off', spellcheck: 'false'}),
            password: h('input', {class: 'input', id: 'identity-password', type: 'password', autocomplete: 'off'}),
        };
        this.radios = ['none', 'bearer', 'basic'].map((kind) => h('input', {type: 'radio', name: 'identity-kind', value: kind, onchange: () => this.show(kind)}));
        const labels = ['Anonymous', 'Bearer token', 'Basic user'];
        this.bearer = h('div', {class: 'dialog-field'}, h('label', {for: 'identity-token'}, 'Token'), this.inputs.token);
        this.basic = h('div', {class: 'dialog-fields'},
            h('div', {class: 'dialog-field'}, h('label', {for: 'identity-user'}, 'User'), this.inputs.user),
            h('div', {class: 'dialog-field'}, h('label', {for: 'identity-password'}, 'Password'), this.inputs.password));
        const dialog = h('dialog', {class: 'dialog', 'aria-labelledby': 'identity-title', onkeydown: (event) => event.key === 'Enter' && event.target.tagName === 'INPUT' && this.save(dialog)},
            h('h2', {id: 'identity-title'}, 'Call as'),
            h('div', {class: 'segments wide', role: 'radiogroup', 'aria-label': 'Kind of identity'},
                this.radios.map((radio, i) => h('label', null, radio, h('span', null, labels[i])))),
            this.bearer, this.basic,
            h('p', {class: 'muted'}, 'Sent as “authorization” with each call that has none of its own. Kept in this tab until you close it; never in links, the history or exported files.'),
            h('div', {class: 'dialog-buttons'},
                h('button', {type: 'button', class: 'secondary', onclick: () => dialog.close()}, 'Cancel'),
                h('button', {type: 'button', class: 'primary', id: 'identity-save', onclick: () => this.save(dialog)}, 'Save')));
        return dialog;
    }

    save(dialog) {
        const kind = this.radios.find((radio) => radio.checked)?.value ?? 'none';
        const {token, user, password} = this.inputs;
        this.value = kind === 'bearer' ? {kind, token: token.value.trim().replace(/^Bearer\s+/i, '')}
            : kind === 'basic' ? {kind, user: user.value, password: password.value} : {kind};
        sessionStorage.setItem(KEY, JSON.stringify(this.value));
        this.draw();
        dialog.close();
    }
}
