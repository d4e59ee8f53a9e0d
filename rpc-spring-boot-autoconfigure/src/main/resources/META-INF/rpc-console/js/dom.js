// Builds elements. What comes from a call, a proto or a person becomes text, never HTML.

const SVG = 'http://www.w3.org/2000/svg';

/** h('button', {class: 'x', onclick: f, 'aria-label': 'y'}, 'text', child, [children]) */
export function h(tag, attributes, ...children) {
    return put(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
    return put(document.createElementNS(SVG, tag), attributes, children);
}

function put(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (value === undefined || value === null || value === false) {
            continue;
        }
        if (typeof value === 'function' && name.startsWith('on')) {
            element.addEventListener(name.slice(2), value);
        } else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'hidden') {
            element[name] = value;
        } else if (name.startsWith('on') || name === 'style' || name === 'srcdoc') {
            throw new Error(`An element gets no attribute '${name}'`);
        } else {
            element.setAttribute(name, value === true ? '' : String(value));
        }
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

/** Fills an element; what had the focus in it has it again, if it is still there. */
export function refill(element, ...children) {
    const had = element.contains(document.activeElement) && document.activeElement;
    fill(element, ...children);
    if (had) {
        (had.id && element.querySelector(`#${had.id}:enabled`) || element.querySelector('button:enabled:last-of-type') || element.closest('section')?.querySelector('button'))?.focus();
    }
}

export function fill(element, ...children) {
    element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

const ICONS = {
    unary: 'M2 8h11M9.5 4.5 13 8l-3.5 3.5',
    send: 'M2.5 8 13.5 2.8 10.2 13.4 7.6 9.2zM7.6 9.2l5.9-6.4',
    search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 13.7 13.7',
    plus: 'M8 3v10M3 8h10',
    close: 'M4 4l8 8M12 4l-8 8',
    up: 'M8 13V3M4 7l4-4 4 4',
    down: 'M8 3v10M4 9l4 4 4-4',
    both: 'M5.2 13V3M2.4 5.8 5.2 3 8 5.8M10.8 3v10M8 10.2l2.8 2.8 2.8-2.8',
    chevron: 'M6 3.5 10.5 8 6 12.5',
    copy: 'M5.5 5.5V3.2c0-.4.3-.7.7-.7h6.6c.4 0 .7.3.7.7v6.6c0 .4-.3.7-.7.7h-2.3M3.2 5.5h6.6c.4 0 .7.3.7.7v6.6c0 .4-.3.7-.7.7H3.2a.7.7 0 0 1-.7-.7V6.2c0-.4.3-.7.7-.7z',
    user: 'M8 8.2a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.8 13.6c.5-2.3 2.6-3.6 5.2-3.6s4.7 1.3 5.2 3.6',
    key: 'M5.3 13.2a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM7.2 8.7 13 2.9M10.4 5.5l2.2 2.2',
    history: 'M2.6 8a5.4 5.4 0 1 0 1.7-3.9L2.6 5.7M2.6 2.7v3h3M8 5v3.2l2.2 1.4',
    pulse: 'M1.5 8.5h3l2-5.5 3 10 2-4.500h3',
    sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
    moon: 'M13.3 9.6A5.7 5.7 0 0 1 6.4 2.7a5.7 5.7 0 1 0 6.9 6.9z',
    pause: 'M5.5 3.5v9M10.5 3.5v9',
    play: 'M5 3.2 12.5 8 5 12.8z',
    step: 'M4 3.2 10 8l-6 4.800zM12.5 3.500v9',
    stop: 'M4 4h8v8H4z',
    half: 'M2 8h7M6 5l3 3-3 3M13 3v10',
    warn: 'M8 2.3 14.5 13.500h-13zM8 6.500v3.200M8 11.600v.1',
    ok: 'M3 8.5 6.5 12 13 4.5',
    link: 'M6.7 9.300a2.7 2.7 0 0 0 4 .2l2-2a2.7 2.7 0 0 0-3.8-3.800l-.9.9M9.3 6.700a2.7 2.7 0 0 0-4-.2l-2 2a2.7 2.7 0 0 0 3.8 3.800l.9-.9',
    code: 'M5.5 4 1.8 8l3.7 4M10.5 4l3.7 4-3.7 4',
    more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
    list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
    download: 'M8 2.500v7.500M4.8 7 8 10.2 11.2 7M3 13.300h10',
    help: 'M8 1.800a6.2 6.2 0 1 0 0 12.400A6.2 6.2 0 0 0 8 1.800zM6.2 6.300c0-1 .8-1.7 1.8-1.700s1.8.7 1.8 1.600c0 1.3-1.8 1.4-1.8 2.700M8 11.200v.1',
    auto: 'M8 2.3a5.7 5.7 0 1 0 0 11.4A5.7 5.7 0 0 0 8 2.300zM8 2.300v11.400M8 5.300h4.800M8 8h5.600M8 10.700h4.8',
    clock: 'M8 2.300a5.7 5.7 0 1 0 0 11.400A5.7 5.7 0 0 0 8 2.300zM8 4.800V8l2.2 1.5',
};

export function icon(name) {
    return svg('svg', {viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true'}, svg('path', {d: ICONS[name]}));
}

/** A button of an icon, with its label for screen readers and as a tooltip. */
export function iconButton(name, label, onclick, more) {
    return h('button', {type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...more}, icon(name));
}

let announcer;

/** Tells screen readers what happened elsewhere on the page. */
export function announce(text) {
    announcer ??= document.getElementById('announcer');
    announcer.textContent = text;
}

let toastTimer;

export function toast(text) {
    const place = document.getElementById('toast');
    place.textContent = text;
    place.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => {
        place.hidden = true;
    }, 2600);
}

export async function copy(text, what) {
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        const area = h('textarea', {class: 'off-screen', value: text});
        (document.querySelector('dialog[open]') ?? document.body).append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
    }
    toast(`${what} copied`);
}

/** Saves a text as a file, without asking the server. */
export function save(name, text) {
    const url = URL.createObjectURL(new Blob([text], {type: 'application/json'}));
    h('a', {href: url, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A button with a menu below it; arrow keys move in it, Escape closes it. entries: [{label, hint, run}] */
export function menuButton(content, attributes, entries) {
    // Not every browser moves the focus with a click: it stays where it is
    const menu = h('div', {class: 'menu', role: 'menu', hidden: true, onmousedown: (event) => event.preventDefault()});
    const button = h('button', {type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', ...attributes,
        onclick: () => (menu.hidden ? open() : close(true))}, content);
    const root = h('div', {class: 'menu-root', onkeydown: move, onfocusout: (event) => {
        if (!root.contains(event.relatedTarget)) {
            close(false);
        }
    }}, button, menu);

    function open() {
        fill(menu, entries().map((entry) => h('button', {type: 'button', role: 'menuitem', class: 'menu-item', tabindex: '-1',
            onclick: () => {
                close(true);
                entry.run();
            }}, h('span', null, entry.label), entry.hint && h('small', null, entry.hint))));
        menu.hidden = false;
        button.setAttribute('aria-expanded', 'true');
        menu.firstElementChild?.focus();
    }

    function close(back) {
        if (menu.hidden) {
            return;
        }
        menu.hidden = true;
        button.setAttribute('aria-expanded', 'false');
        if (back) {
            button.focus();
        }
    }

    function move(event) {
        if (menu.hidden) {
            return;
        }
        const items = [...menu.children];
        const at = items.indexOf(document.activeElement);
        const next = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1}[event.key];
        if (next !== undefined) {
            items[(next + items.length) % items.length].focus();
            event.preventDefault();
        } else if (event.key === 'Escape') {
            close(true);
            event.stopPropagation();
        }
    }

    return root;
}

/** Tabs of panels as ARIA has them: [{id, label, panel}]. */
export function tabs(label, entries, chosen, onchoose) {
    const buttons = entries.map((entry) => h('button', {type: 'button', role: 'tab', class: 'tab', id: `tab-${entry.id}`,
        'aria-controls': entry.panel?.id, onclick: () => choose(entry.id)}, entry.label, entry.badge));
    const list = h('div', {class: 'tabs', role: 'tablist', 'aria-label': label, onkeydown: (event) => {
        const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
        if (step) {
            const at = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
            choose(entries[at].id);
            buttons[at].focus();
        }
    }}, buttons);

    function choose(id, silent) {
        entries.forEach((entry, i) => {
            const on = entry.id === id;
            buttons[i].setAttribute('aria-selected', String(on));
            buttons[i].tabIndex = on ? 0 : -1;
            if (entry.panel) {
                entry.panel.hidden = !on;
            }
        });
        if (!silent) {
            onchoose?.(id);
        }
    }

    choose(chosen, true);
    return {list, choose};
}

export function size(bytes) {
    if (bytes < 1000) {
        return `${bytes} B`;
    }
    return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A time from milliseconds, with the precision that a person reads. */
export function time(ms) {
    if (ms < 1) {
        return `${Math.round(ms * 1000)} µs`;
    }
    if (ms < 10) {
        return `${ms.toFixed(1)} ms`;
    }
    if (ms < 1000) {
        return `${Math.round(ms)} ms`;
    }
    if (ms < 60000) {
        return `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`;
    }
    const seconds = Math.floor(ms / 1000);
    return seconds < 3600 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
        : `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}

export function count(n, one) {
    return `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`;
}
