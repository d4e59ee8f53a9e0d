// The page: finds a method, shows it, and what the server does beside it. Start here.

import {h, fill, icon, toast, tabs, announce, count} from './dom.js';
import {Wire} from './wire.js';
import {Types, KINDS} from './types.js';
import {Calls} from './call.js';
import {Session} from './session.js';
import {Identity} from './identity.js';
import {History} from './history.js';
import {Board} from './board.js';

const $ = (id) => document.getElementById(id);
const THEMES = ['system', 'light', 'dark'];

class App {
    constructor() {
        this.wire = new Wire();
        this.types = new Types(this.wire);
        this.calls = new Calls(this.wire);
        this.sessions = new Map();
        this.view = 'form';
        this.identity = new Identity($('identity'));
        this.history = new History($('panel-history'), {
            open: (entry) => this.go(entry.method)?.openPast(entry),
            replay: (entry) => this.go(entry.method)?.replay(entry),
        });
        this.board = new Board($('board'), this.wire);
        this.theme();
        this.chrome();
        this.wire.on('hello', (frame) => this.greeted(frame));
        this.wire.on('state', (change) => this.drawConnection(change));
        this.wire.on('error', ({text}) => toast(text));
        this.wire.connect();
    }

    // What is there

    greeted(frame) {
        this.hello = frame;
        this.types.clear();
        document.title = `${frame.application ?? 'RPC'} · console`;
        $('application').textContent = frame.application ?? '';
        this.methods = new Map();
        for (const service of frame.services) {
            for (const method of service.methods) {
                method.service = service.name;
                method.fullName = `${service.name}/${method.name}`;
                this.methods.set(method.fullName, {service, method});
            }
        }
        this.keepSessions();
        this.drawMethods();
        this.route();
        announce(`Connected: ${count(frame.services.length, 'service')}`);
    }

    /** After a restart of the server: what has not changed stays, with what it shows. */
    keepSessions() {
        for (const [name, session] of this.sessions) {
            const found = this.methods.get(name);
            if (found && JSON.stringify(found.method) === JSON.stringify(session.method)) {
                session.request.load();
            } else {
                this.sessions.delete(name);
            }
        }
    }

    drawConnection({state, why}) {
        const place = $('connection');
        place.className = `connection ${state}`;
        const words = {connecting: 'Connecting', open: 'Connected', lost: 'Reconnecting'}[state];
        fill(place, h('span', {class: 'dot', 'aria-hidden': 'true'}), h('span', {class: 'label'}, words));
        place.title = why ?? words;
        $('board').classList.toggle('stale', state !== 'open');
        $('lost').hidden = state !== 'lost';
        fill($('lost'), state === 'lost' && [icon('warn'), h('span', null, `${why} Trying again …`), h('button', {type: 'button', class: 'small', onclick: () => this.wire.connect()}, 'Try now')]);
    }

    // The list of methods

    drawMethods() {
        const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
        const fits = (service, method) => {
            const text = `${service.name}/${method.name} ${KINDS[method.kind].label} ${method.pool ?? ''} ${method.comment ?? ''}`.toLowerCase();
            return words.every((word) => text.includes(word));
        };
        const services = [...(this.hello?.services ?? [])].sort((a, b) => Number(a.framework) - Number(b.framework) || a.name.localeCompare(b.name));
        let shown = 0;
        const groups = services.map((service) => {
            const methods = service.methods.filter((method) => fits(service, method));
            shown += methods.length;
            if (methods.length === 0 && (words.length > 0 || service.methods.length > 0)) {
                return null;
            }
            const at = service.name.lastIndexOf('.');
            const chosenHere = methods.some((method) => method.fullName === this.current);
            return h('details', {class: service.framework ? 'service framework' : 'service', open: !service.framework || words.length > 0 || chosenHere},
                h('summary', {title: service.comment}, icon('chevron'), h('span', {class: service.deprecated ? 'service-name deprecated' : 'service-name'}, marked(service.name.slice(at + 1), words)),
                    h('span', {class: 'package'}, at > 0 ? service.name.slice(0, at) : '')),
                service.methods.length === 0 && h('p', {class: 'empty-note'}, service.comment ?? 'No methods are known.'),
                h('ul', null, methods.map((method) => h('li', null, this.methodButton(method, words)))));
        });
        fill($('methods'), groups, shown === 0 && h('div', {class: 'empty'}, h('strong', null, words.length > 0 ? 'Nothing fits' : 'No services'),
            h('p', {class: 'muted'}, words.length > 0 ? 'The search looks at services, methods, kinds, pools and documentation.' : 'This server serves no methods yet: mark a bean with @RpcService.')));
        $('found').textContent = words.length > 0 ? `${count(shown, 'method')} found` : `${count(services.filter((s) => !s.framework).length, 'service')}, ${count(this.methods?.size ?? 0, 'method')}`;
        this.drawRunning();
    }

    methodButton(method, words) {
        const kind = KINDS[method.kind];
        const button = h('button', {type: 'button', class: 'method', title: method.comment ?? kind.says, 'aria-current': method.fullName === this.current ? 'page' : null,
            onclick: () => this.open(method.fullName)},
            h('span', {class: `kind-icon ${method.kind.toLowerCase()}`}, icon(kind.icon), h('span', {class: 'off-screen'}, kind.label)),
            h('span', {class: method.deprecated ? 'method-name deprecated' : 'method-name'}, marked(method.name, words)),
            h('span', {class: 'running-mark', hidden: true}, h('span', {class: 'off-screen'}, 'a call is running')),
            method.pool && method.pool !== 'default' && h('span', {class: 'pool-mark', title: `pool ${method.pool}`}, method.pool));
        button.dataset.method = method.fullName;
        return button;
    }

    /** Marks the methods that have a running call. */
    drawRunning() {
        for (const button of $('methods').querySelectorAll('.method')) {
            button.querySelector('.running-mark').hidden = !this.sessions.get(button.dataset.method)?.call?.isLive;
        }
    }

    // Where we are

    open(fullName) {
        if (location.hash === `#/${fullName}`) {
            this.go(fullName);
            this.show('request');
        } else {
            location.hash = `#/${fullName}`;
        }
    }

    /** Follows the address: a link fills in, and starts nothing. */
    route() {
        if (!this.methods) {
            return;
        }
        const [, name, query] = /^#\/([^?]+)(?:\?(.*))?$/.exec(location.hash) ?? [];
        const wanted = name && decodeURIComponent(name);
        const first = this.hello.services.find((service) => !service.framework && service.methods.length > 0)?.methods[0].fullName;
        const session = this.go(this.methods.has(wanted) ? wanted : first);
        if (wanted && !this.methods.has(wanted)) {
            toast(`${wanted} is not served here`);
        } else if (wanted) {
            this.show('request');
        }
        if (session && query) {
            const values = new URLSearchParams(query);
            session.fillIn({json: values.get('json') ?? undefined, deadline: values.get('deadline') ?? '',
                metadata: values.getAll('metadata').map((one) => ({name: one.slice(0, one.indexOf(':')), value: one.slice(one.indexOf(':') + 1)}))});
            history.replaceState(null, '', `#/${wanted}`);
        }
    }

    go(fullName) {
        const found = this.methods?.get(fullName);
        if (!found) {
            fill($('work'), h('div', {class: 'empty'}, h('strong', null, fullName ? `${fullName} is not served here` : 'Nothing to call yet')));
            return undefined;
        }
        let session = this.sessions.get(fullName);
        if (!session) {
            session = new Session(this, found.service, found.method);
            this.sessions.set(fullName, session);
        }
        this.current = fullName;
        this.session = session;
        if ($('work').firstElementChild !== session.element) {
            fill($('work'), session.element);
        }
        if (location.hash !== `#/${fullName}` && !location.hash.startsWith(`#/${fullName}?`)) {
            history.replaceState(null, '', `#/${fullName}`);
        }
        for (const button of $('methods').querySelectorAll('.method')) {
            if (button.dataset.method === fullName) {
                button.setAttribute('aria-current', 'page');
                button.scrollIntoView({block: 'nearest'});
            } else {
                button.removeAttribute('aria-current');
            }
        }
        return session;
    }

    // The frame

    chrome() {
        const panels = [{id: 'methods', label: 'Methods', panel: $('panel-methods')}, {id: 'history', label: 'History', panel: $('panel-history')}];
        $('side-tabs').append(tabs('Side bar', panels, 'methods').list);
        $('search').addEventListener('input', () => this.drawMethods());
        $('side').addEventListener('keydown', (event) => this.moveInMethods(event));
        for (const button of document.querySelectorAll('.phone-nav button')) {
            button.addEventListener('click', () => this.show(button.dataset.pane));
        }
        this.show('request');
        $('toggle-board').addEventListener('click', () => {
            this.showBoard($('board').hidden);
            localStorage.setItem('rpc-console.board', $('board').hidden ? 'off' : 'on');
        });
        // On a narrow screen it lies over the page: only who asks for it gets it
        this.showBoard(localStorage.getItem('rpc-console.board') !== 'off' && window.innerWidth > 1180);
        $('help').addEventListener('click', () => $('help-dialog').showModal());
        $('help-close').addEventListener('click', () => $('help-dialog').close());
        window.addEventListener('hashchange', () => this.route());
        document.addEventListener('keydown', (event) => this.key(event));
    }

    /** On a phone one pane is seen at a time. */
    show(pane) {
        document.body.dataset.pane = pane;
        for (const button of document.querySelectorAll('.phone-nav button')) {
            if (button.dataset.pane === pane) {
                button.setAttribute('aria-current', 'page');
            } else {
                button.removeAttribute('aria-current');
            }
        }
    }

    showBoard(on) {
        $('board').hidden = !on;
        $('toggle-board').setAttribute('aria-pressed', String(on));
        this.board.watch(true);
    }

    theme() {
        const button = $('theme');
        const set = (theme) => {
            document.documentElement.dataset.theme = theme;
            localStorage.setItem('rpc-console.theme', theme);
            fill(button, icon({system: 'auto', light: 'sun', dark: 'moon'}[theme]));
            button.setAttribute('aria-label', `Colours: ${theme}. Change`);
            button.title = `Colours: ${theme}`;
        };
        button.addEventListener('click', () => set(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length]));
        set(THEMES.includes(localStorage.getItem('rpc-console.theme')) ? localStorage.getItem('rpc-console.theme') : 'system');
    }

    moveInMethods(event) {
        const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
        if (!step || $('panel-methods').hidden) {
            return;
        }
        const stops = [$('search'), ...[...$('methods').querySelectorAll('summary, .method')].filter((e) => e.checkVisibility())];
        const at = stops.indexOf(document.activeElement);
        if (at >= 0) {
            stops[(at + step + stops.length) % stops.length].focus();
            event.preventDefault();
        }
    }

    key(event) {
        const command = event.ctrlKey || event.metaKey;
        const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !['radio', 'checkbox'].includes(event.target.type);
        if (document.querySelector('dialog[open]')) {
            return;
        }
        if (command && event.key === 'Enter') {
            if (event.shiftKey) {
                this.session?.call?.maySend && this.session.call.halfClose();
            } else {
                this.session?.request.submit();
            }
        } else if ((command && event.key.toLowerCase() === 'k') || (event.key === '/' && !typing)) {
            this.show('methods');
            $('tab-methods').click();
            $('search').focus();
            $('search').select();
        } else if (event.key === 'Escape' && event.target === $('search')) {
            $('search').value = '';
            this.drawMethods();
        } else if (event.key === 'Escape' && this.session?.call?.isLive) {
            this.session.call.cancel();
        } else if (event.key === '?' && !typing) {
            $('help-dialog').showModal();
        } else {
            return;
        }
        event.preventDefault();
    }
}

function marked(text, words) {
    const word = words.find((one) => text.toLowerCase().includes(one));
    if (!word) {
        return text;
    }
    const at = text.toLowerCase().indexOf(word);
    return [text.slice(0, at), h('mark', null, text.slice(at, at + word.length)), text.slice(at + word.length)];
}

fill($('toggle-board'), icon('pulse'));
fill($('help'), icon('help'));
fill($('search-icon'), icon('search'));
for (const [id, name] of [['methods', 'list'], ['request', 'send'], ['response', 'down'], ['board', 'pulse']]) {
    document.querySelector(`.phone-nav [data-pane=${id}]`).prepend(icon(name));
}
new App();
