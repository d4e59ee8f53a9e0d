// A form for one message: each change writes into the value that the JSON is printed from.

import {h, fill, icon, iconButton} from './dom.js';
import {Num, parse, print, JsonError} from './json.js';
import {fieldOf, keyOf, partOf} from './types.js';

let ids = 0;

const HINTS = {
    wide: 'a whole number, exact to 64 bits', int: 'a whole number', float: 'a number, NaN or Infinity', bytes: 'base64',
    Timestamp: '2026-01-31T09:30:00Z', Duration: '1.5s', FieldMask: 'name,location.latitude',
};

export class Form {
    constructor(types, onchange) {
        this.types = types;
        this.onchange = onchange;
        this.element = h('div', {class: 'form'});
        this.problems = [];
        this.orders = new WeakMap();
    }

    show(type, value) {
        this.type = type;
        this.value = value;
        fill(this.element, this.message(type, value, '', true));
        this.mark();
    }

    /** Sets a field where its type has it. */
    put(map, key, value) {
        const added = !map.has(key);
        map.set(key, value);
        if (added) {
            const order = this.orders.get(map);
            const place = (name) => order.findIndex((field) => field.json === name || field.name === name);
            const entries = [...map].sort(([a], [b]) => place(a) - place(b));
            map.clear();
            entries.forEach(([k, v]) => map.set(k, v));
        }
    }

    changed() {
        this.onchange(this.value);
    }

    // Problems

    showProblems(problems) {
        this.problems = problems;
        this.mark();
    }

    mark() {
        const rows = [...this.element.querySelectorAll('.field')];
        for (const row of rows) {
            const own = this.problems.filter((problem) => nearest(rows, problem.path) === row);
            const place = row.querySelector(':scope > .problem');
            place.hidden = own.length === 0;
            place.textContent = own.map((problem) => problem.text).join(' · ');
            row.classList.toggle('wrong', own.length > 0);
            for (const input of row.querySelectorAll(':scope > .control .input')) {
                if (input.closest('.field') === row) {
                    input.setAttribute('aria-invalid', String(own.length > 0));
                }
            }
        }
        return this.problems.filter((problem) => !nearest(rows, problem.path));
    }

    focus(path) {
        const row = nearest([...this.element.querySelectorAll('.field')], path);
        for (let parent = row?.parentElement?.closest('details'); parent; parent = parent.parentElement.closest('details')) {
            parent.open = true;
        }
        row?.scrollIntoView({block: 'center'});
        row?.querySelector('.input, button, select')?.focus();
    }

    // Messages

    message(type, map, path, root) {
        const known = this.types.get(type);
        if (!known) {
            return h('p', {class: 'muted'}, `The type ${type} is not known here: use JSON.`);
        }
        if (known.fields.length === 0) {
            return h('p', {class: 'muted'}, `${this.types.label('message', type)} has no fields: there is nothing to fill in.`);
        }
        this.orders.set(map, known.fields);
        const rules = known.rules?.length ? h('p', {class: 'message-rules'}, known.rules.map((rule) => h('span', {class: 'rule'}, rule))) : null;
        const parts = [];
        const chosen = new Set();
        for (const field of known.fields) {
            if (!field.oneof) {
                parts.push(this.field(field, map, path));
            } else if (!chosen.has(field.oneof)) {
                chosen.add(field.oneof);
                parts.push(this.oneof(known, field.oneof, map, path));
            }
        }
        const unknown = [...map.keys()].filter((key) => key !== '@type' && !known.fields.some((f) => f.name === key || f.json === key));
        return h('div', {class: root ? 'fields' : 'fields inner'}, rules, parts, unknown.map((key) => this.unknown(key, map, path)));
    }

    /** A field that the type does not have, from the JSON: it can only go. */
    unknown(key, map, path) {
        const row = this.row({name: key, rules: []}, fieldOf(path, {name: key}), 'unknown field');
        row.control.append(h('code', {class: 'raw'}, print(map.get(key), '')), iconButton('close', `Remove ${key}`, () => {
            map.delete(key);
            row.element.remove();
            this.changed();
        }));
        return row.element;
    }

    oneof(known, name, map, path) {
        const fields = known.fields.filter((field) => field.oneof === name);
        const about = known.oneofs?.find((oneof) => oneof.name === name);
        const place = h('div', {class: 'oneof-body'});
        const group = `oneof-${++ids}`;
        const current = () => fields.find((field) => map.has(field.name) || map.has(field.json));
        const draw = () => {
            const field = current();
            fill(place, field ? this.field(field, map, path, true) : []);
        };
        const choose = (field) => {
            fields.forEach((f) => {
                map.delete(f.name);
                map.delete(f.json);
            });
            if (field) {
                this.put(map, field.json, this.types.first(field.type, field.ref));
            }
            draw();
            this.mark();
            this.changed();
        };
        const option = (field, label) => h('label', {class: 'choice'},
            h('input', {type: 'radio', name: group, value: field?.name ?? '', checked: current() === field, onchange: () => choose(field)}), h('span', null, label));
        draw();
        const row = this.row({name, rules: about?.required ? ['required'] : [], comment: about?.comment}, fieldOf(path, {name}), 'one of', 'fieldset');
        row.control.append(h('div', {class: 'choices', role: 'radiogroup', 'aria-label': `Which of ${name}`},
            option(undefined, 'none'), fields.map((field) => option(field, field.name))), place);
        return row.element;
    }

    /** The frame of a field: name, type, rules, the control, documentation, what is wrong. */
    row(field, path, type, tag = 'div') {
        const id = `field-${++ids}`;
        const control = h('div', {class: 'control'});
        const actions = h('span', {class: 'field-actions'});
        const doc = field.comment ? h('p', {class: 'doc', id: `${id}-doc`}, field.comment) : null;
        const name = [field.name, field.deprecated && h('span', {class: 'deprecated-mark'}, 'deprecated')];
        const element = h(tag, {class: 'field'},
            tag === 'fieldset' ? h('legend', {class: 'off-screen'}, field.name) : null,
            h('div', {class: 'field-head'},
                h(tag === 'fieldset' ? 'span' : 'label', {class: field.deprecated ? 'name deprecated' : 'name', for: tag === 'fieldset' ? null : id}, name),
                h('span', {class: 'type'}, type),
                h('span', {class: 'rules', id: `${id}-rules`}, (field.rules ?? []).map((rule) => h('span', {class: 'rule'}, rule))),
                actions),
            control, h('p', {class: 'problem', id: `${id}-problem`, role: 'alert', hidden: true}), doc);
        element.dataset.path = path;
        return {element, control, actions, id, described: `${id}-problem ${id}-rules${doc ? ` ${id}-doc` : ''}`};
    }

    field(field, map, parent, chosen) {
        const {types} = this;
        const path = fieldOf(parent, field);
        const label = field.map ? `map of ${types.label(field.map.type, field.map.ref)}` : `${field.repeated ? 'list of ' : ''}${types.label(field.type, field.ref)}`;
        const row = this.row(field, path, label);
        if (field.map) {
            this.map(field, map, path, row);
        } else if (field.repeated) {
            this.list(field, map, path, row);
        } else {
            this.single(field, map, path, row, chosen);
        }
        return row.element;
    }

    /** A field that is there once, or not at all. */
    single(field, map, path, row, chosen) {
        const {types} = this;
        const mayBeAbsent = (field.presence || types.look(field.type, field.ref) === 'message') && !field.required && !chosen;
        const draw = (focus) => {
            const key = keyOf(map, field);
            fill(row.actions);
            if (mayBeAbsent && (!map.has(key) || map.get(key) === null)) {
                fill(row.control, h('button', {type: 'button', class: 'ghost add', onclick: () => {
                    this.put(map, key, types.first(field.type, field.ref));
                    draw(true);
                    this.mark();
                    this.changed();
                }}, icon('plus'), 'Set', h('span', {class: 'off-screen'}, ` ${field.name}`), h('small', null, 'not set')));
                return;
            }
            if (mayBeAbsent) {
                row.actions.append(iconButton('close', `Unset ${field.name}`, () => {
                    map.delete(key);
                    draw();
                    this.mark();
                    this.changed();
                    row.control.querySelector('button')?.focus();
                }));
            }
            const control = this.control(field, path, map.get(key), row, (value) => {
                if (value === undefined) {
                    map.delete(key);
                } else {
                    this.put(map, key, value);
                }
                this.changed();
            });
            fill(row.control, control);
            if (focus) {
                row.control.querySelector('.input, button')?.focus();
            }
        };
        draw();
    }

    list(field, map, path, row) {
        const draw = (focus) => {
            const key = keyOf(map, field);
            const values = Array.isArray(map.get(key)) ? map.get(key) : [];
            const change = (to) => {
                this.put(map, key, values);
                draw(to);
                this.mark();
                this.changed();
            };
            const items = values.map((value, i) => {
                const part = this.row({name: `${i + 1}`, rules: []}, partOf(path, i), '');
                part.element.classList.add('item');
                part.control.append(this.control(field, partOf(path, i), value, part, (changed) => {
                    values[i] = changed ?? this.types.first(field.type, field.ref);
                    this.changed();
                }));
                part.actions.append(
                    i > 0 && iconButton('up', `Move ${field.name} ${i + 1} up`, () => {
                        values.splice(i - 1, 2, values[i], values[i - 1]);
                        change(i - 1);
                    }) || '',
                    iconButton('close', `Remove ${field.name} ${i + 1}`, () => {
                        values.splice(i, 1);
                        change(Math.min(i, values.length - 1));
                    }));
                return part.element;
            });
            fill(row.control, items, h('button', {type: 'button', class: 'ghost add', id: row.id, onclick: () => {
                values.push(this.types.first(field.type, field.ref));
                change(values.length - 1);
            }}, icon('plus'), 'Add', h('span', {class: 'off-screen'}, ` to ${field.name}`), values.length === 0 && h('small', null, 'empty')));
            if (focus !== undefined) {
                (items[focus]?.querySelector('.input, button') ?? row.control.lastElementChild).focus();
            }
        };
        draw();
    }

    map(field, map, path, row) {
        const {types} = this;
        const draw = (focus) => {
            const key = keyOf(map, field);
            const values = map.get(key) instanceof Map ? map.get(key) : new Map();
            const change = (entries, to) => {
                this.put(map, key, new Map(entries));
                draw(to);
                this.mark();
                this.changed();
            };
            const entries = [...values];
            const items = entries.map(([name, value], i) => {
                const partPath = field.map.key === 'string' ? partOf(path, name) : `${path}[${name}]`;
                const part = this.row({name: `${i + 1}`, rules: []}, partPath, '');
                part.element.classList.add('item', 'entry');
                const keyInput = h('input', {class: 'input key', value: name, 'aria-label': `Key ${i + 1} of ${field.name}`, spellcheck: 'false', onchange: () => {
                    if (keyInput.value !== name && values.has(keyInput.value)) {
                        const problem = part.element.querySelector(':scope > .problem');
                        problem.textContent = `The key '${keyInput.value}' stands twice`;
                        problem.hidden = false;
                        return;
                    }
                    entries[i] = [keyInput.value, values.get(name)];
                    change(entries, i);
                }});
                part.control.append(keyInput, h('span', {class: 'arrow', 'aria-hidden': 'true'}, '→'),
                    h('div', {class: 'entry-value'}, this.control(field.map, partPath, value, {...part, label: `Value ${i + 1} of ${field.name}`}, (changed) => {
                        values.set(name, changed ?? types.first(field.map.type, field.map.ref));
                        this.changed();
                    })));
                part.actions.append(iconButton('close', `Remove entry ${name} of ${field.name}`, () => {
                    entries.splice(i, 1);
                    change(entries, i - 1);
                }));
                return part.element;
            });
            fill(row.control, items, h('button', {type: 'button', class: 'ghost add', id: row.id, onclick: () => {
                change([...entries, [freeKey(field.map.key, values), types.first(field.map.type, field.map.ref)]], entries.length);
            }}, icon('plus'), 'Add', h('span', {class: 'off-screen'}, ` to ${field.name}`), values.size === 0 && h('small', null, 'empty')));
            if (focus !== undefined) {
                (items[focus]?.querySelector('.input') ?? row.control.lastElementChild).focus();
            }
        };
        draw();
    }

    // Values

    /** What a value is changed with; `set(undefined)` takes it away. */
    control(field, path, value, row, set) {
        const look = this.types.look(field.type, field.ref);
        const common = {id: row.id, class: 'input', 'aria-describedby': row.described, 'aria-label': row.label, spellcheck: 'false', autocomplete: 'off'};
        switch (look) {
            case 'message': return this.nested(field, path, value, set);
            case 'Any': return this.any(path, value, row, set);
            case 'json': return this.json(common, value, row, set);
            case 'bool': return h('label', {class: 'switch'}, h('input', {...common, type: 'checkbox', role: 'switch', checked: value === true,
                onchange: (event) => {
                    event.target.nextElementSibling.textContent = String(event.target.checked);
                    set(event.target.checked);
                }}), h('span', null, String(value === true)));
            case 'enum': return this.enumeration(field, common, value, set);
            case 'text': return h('textarea', {...common, rows: 1, value: plainText(value), oninput: (event) => set(event.target.value)});
            default: return this.line(look, common, value, set);
        }
    }

    /** A value of one line: numbers, bytes, times. */
    line(look, common, value, set) {
        const numeric = look === 'int' || look === 'wide' || look === 'float';
        const input = h('input', {...common, type: 'text', inputmode: numeric ? 'decimal' : null, placeholder: HINTS[look], value: plainText(value),
            oninput: () => {
                const text = input.value.trim();
                set(text === '' ? (look === 'FieldMask' ? '' : undefined) : (look === 'int' || look === 'float') && isNumber(text) ? new Num(text) : text);
            }});
        const put = (text) => {
            input.value = text;
            set(text);
        };
        if (look === 'Timestamp') {
            return h('div', {class: 'with-button'}, input, h('button', {type: 'button', class: 'small', onclick: () => put(new Date().toISOString())}, 'Now'));
        }
        if (look === 'bytes') {
            const file = h('input', {type: 'file', class: 'off-screen', tabindex: '-1', 'aria-hidden': 'true', onchange: async () => {
                if (file.files[0]) {
                    put(base64(new Uint8Array(await file.files[0].arrayBuffer())));
                }
            }});
            return h('div', {class: 'with-button'}, input, file,
                h('button', {type: 'button', class: 'small', title: 'Takes what stands in the field as text', onclick: () => put(base64(new TextEncoder().encode(input.value)))}, 'Encode'),
                h('button', {type: 'button', class: 'small', onclick: () => file.click()}, 'File…'));
        }
        return input;
    }

    enumeration(field, common, value, set) {
        const known = this.types.get(field.ref)?.values ?? [];
        const current = value instanceof Num ? (known.find((v) => String(v.number) === value.text)?.name ?? value.text) : plainText(value);
        const names = known.map((v) => v.name);
        const options = known.map((v) => h('option', {value: v.name, title: v.comment}, `${v.name}${v.deprecated ? ' (deprecated)' : ''}`));
        if (current !== '' && !names.includes(current)) {
            options.push(h('option', {value: current}, `${current} (unknown)`));
        }
        const select = h('select', {...common, onchange: () => set(/^-?\d+$/.test(select.value) ? new Num(select.value) : select.value)}, options);
        select.value = current === '' ? names[0] : current;
        return h('div', {class: 'select'}, select, icon('chevron'));
    }

    json(common, value, row, set) {
        const area = h('textarea', {...common, class: 'input mono', rows: 2, value: value === undefined ? '' : print(value), oninput: () => {
            const problem = row.element.querySelector(':scope > .problem');
            try {
                set(parse(area.value).value);
                problem.hidden = true;
            } catch (failure) {
                if (!(failure instanceof JsonError)) {
                    throw failure;
                }
                problem.textContent = failure.message;
                problem.hidden = false;
            }
        }});
        return area;
    }

    nested(field, path, value, set) {
        let map = value;
        if (!(map instanceof Map)) {
            map = this.types.plain(field.ref);
            set(map);
        }
        return h('details', {class: 'nested', open: true}, h('summary', null, icon('chevron'), this.types.label('message', field.ref),
            h('span', {class: 'off-screen'}, ` ${path}`)), this.message(field.ref, map, path));
    }

    any(path, value, row, set) {
        const map = value instanceof Map ? value : new Map();
        const place = h('div');
        const list = h('datalist', {id: `${row.id}-types`});
        const input = h('input', {class: 'input mono', id: row.id, value: typeName(map), list: list.id, placeholder: 'full name of a message type', spellcheck: 'false',
            autocomplete: 'off', 'aria-label': `Type of ${path}`, onchange: () => {
                map.clear();
                if (input.value) {
                    map.set('@type', `type.googleapis.com/${input.value.trim()}`);
                }
                draw(true);
                set(map);
            }});
        const draw = (anew) => {
            const name = typeName(map);
            const known = this.types.get(name);
            if (!known) {
                fill(place, name ? h('p', {class: 'muted'}, 'No such type is served here.') : []);
                return;
            }
            if (known.wellKnown) {
                if (!map.has('value')) {
                    map.set('value', this.types.first('message', name));
                }
                fill(place, this.control({type: 'message', ref: name}, path, map.get('value'), row, (changed) => {
                    map.set('value', changed ?? '');
                    set(map);
                }));
                return;
            }
            if (anew) {
                this.types.plain(name).forEach((v, k) => map.set(k, v));
            }
            fill(place, this.message(name, map, path));
        };
        this.types.needAll().then((names) => {
            fill(list, names.map((name) => h('option', {value: name})));
            draw();
            this.mark();
        }, () => {});
        return h('div', {class: 'any'}, input, list, place);
    }
}

function nearest(rows, path) {
    let best;
    for (const row of rows) {
        const own = row.dataset.path;
        if ((own === path || path.startsWith(`${own}.`) || path.startsWith(`${own}[`)) && own.length >= (best?.dataset.path.length ?? 0)) {
            best = row;
        }
    }
    return best;
}

function typeName(map) {
    const url = map.get('@type');
    return typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : '';
}

function plainText(value) {
    if (value instanceof Num) {
        return value.text;
    }
    return value === undefined || value === null ? '' : typeof value === 'string' ? value : print(value, '');
}

function isNumber(text) {
    return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
}

function freeKey(type, values) {
    if (type === 'bool') {
        return values.has('false') ? 'true' : 'false';
    }
    let i = type === 'string' ? 1 : values.size;
    const name = () => (type === 'string' ? `key${i}` : String(i));
    while (values.has(name())) {
        i++;
    }
    return name();
}

export function base64(bytes) {
    let binary = '';
    for (let i = 0; i < bytes.length; i += 0x8000) {
        binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    }
    return btoa(binary);
}
