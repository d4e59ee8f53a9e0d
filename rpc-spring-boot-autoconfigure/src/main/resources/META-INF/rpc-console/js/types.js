// What the server said of its messages and enums, and values that fit them.

import {Num} from './json.js';

const WIDE = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);
const FLOATS = new Set(['double', 'float']);
const WRAPPERS = {DoubleValue: 'double', FloatValue: 'float', Int64Value: 'int64', UInt64Value: 'uint64', Int32Value: 'int32',
    UInt32Value: 'uint32', BoolValue: 'bool', StringValue: 'string', BytesValue: 'bytes'};
const GOOGLE = 'google.protobuf.';

export class Types {
    constructor(wire) {
        this.wire = wire;
        this.known = new Map();
    }

    clear() {
        this.known.clear();
        this.all = undefined;
    }

    async need(name) {
        if (!this.known.has(name)) {
            this.learn(await this.wire.describe([name]));
        }
        return this.known.get(name);
    }

    /** All that may stand in an Any. */
    needAll() {
        this.all ??= this.wire.describe(['*']).then((types) => {
            this.learn(types);
            return [...this.known].filter(([, type]) => type.kind === 'message').map(([name]) => name).sort();
        });
        return this.all;
    }

    learn(types) {
        for (const [name, type] of Object.entries(types)) {
            this.known.set(name, type);
        }
    }

    get(name) {
        return this.known.get(name);
    }

    /** What a form shows for a type: 'text', 'bytes', 'bool', 'wide', 'int', 'float', 'enum', 'message', 'json' or a well-known name. */
    look(type, ref) {
        if (type === 'message' || type === 'group') {
            const short = ref.startsWith(GOOGLE) ? ref.slice(GOOGLE.length) : '';
            if (WRAPPERS[short]) {
                return this.look(WRAPPERS[short]);
            }
            if (['Timestamp', 'Duration', 'FieldMask', 'Any'].includes(short)) {
                return short;
            }
            return ['Struct', 'Value', 'ListValue'].includes(short) ? 'json' : 'message';
        }
        if (WIDE.has(type)) {
            return 'wide';
        }
        if (FLOATS.has(type)) {
            return 'float';
        }
        return {string: 'text', bytes: 'bytes', bool: 'bool', enum: 'enum'}[type] ?? 'int';
    }

    /** How a person calls a type. */
    label(type, ref) {
        return ref ? ref.slice(ref.lastIndexOf('.') + 1) : type;
    }

    /** The value that a field begins with when somebody adds it. */
    first(type, ref) {
        switch (this.look(type, ref)) {
            case 'wide': return '0';
            case 'int':
            case 'float': return new Num('0');
            case 'bool': return false;
            case 'enum': return this.get(ref)?.values[0]?.name ?? new Num('0');
            case 'Timestamp': return new Date().toISOString();
            case 'Duration': return '0s';
            case 'Any': return new Map();
            case 'json': return ref.endsWith('.ListValue') ? [] : new Map();
            case 'message': return this.plain(ref, [ref]);
            default: return '';
        }
    }

    /** A message with its plain fields, so that there is something to fill in. */
    plain(name, inside = [name]) {
        const result = new Map();
        for (const field of this.get(name)?.fields ?? []) {
            if (field.oneof) {
                continue;
            }
            if (field.map) {
                result.set(field.json, new Map());
            } else if (field.repeated) {
                result.set(field.json, []);
            } else if (this.look(field.type, field.ref) === 'message') {
                if (inside.length < 3 && !inside.includes(field.ref) && this.get(field.ref)?.fields.length) {
                    result.set(field.json, this.plain(field.ref, [...inside, field.ref]));
                }
            } else if (!field.presence || field.required) {
                result.set(field.json, this.first(field.type, field.ref));
            }
        }
        return result;
    }

    /** Where in a message's JSON a path of the server ('a_b.list[3].map["key"]') leads: ['aB', 'list', 3, 'map', 'key']. */
    jsonPath(name, value, path) {
        const result = [];
        let type = this.get(name);
        let here = value;
        for (const [, word, index, key] of path.matchAll(/([A-Za-z_@][\w@]*)|\[(\d+|-\d+|true|false)\]|\["((?:[^"\\]|\\.)*)"\]/g)) {
            let step = key === undefined ? (index ?? word) : JSON.parse(`"${key}"`);
            if (word !== undefined) {
                const field = type?.fields?.find((f) => f.name === word || f.json === word);
                step = here instanceof Map && here.has(word) ? word : (field?.json ?? word);
                type = this.get(field?.map ? field.map.ref : field?.ref);
            } else if (Array.isArray(here)) {
                step = Number(step);
            }
            result.push(step);
            here = here instanceof Map ? here.get(step) : here?.[step];
        }
        return result;
    }
}

/** The path of a part, as the server writes it. */
export function partOf(path, part) {
    return typeof part === 'number' ? `${path}[${part}]` : `${path}[${JSON.stringify(part)}]`;
}

export function fieldOf(path, field) {
    return path ? `${path}.${field.name}` : field.name;
}

/** The key under which a message has a field: JSON takes two names. */
export function keyOf(map, field) {
    return map.has(field.name) ? field.name : field.json;
}

/** The words of a kind of call. */
export const KINDS = {
    UNARY: {icon: 'unary', label: 'Unary', says: 'one request, one response'},
    SERVER_STREAMING: {icon: 'down', label: 'Server stream', says: 'one request, many responses'},
    CLIENT_STREAMING: {icon: 'up', label: 'Client stream', says: 'many requests, one response'},
    BIDI_STREAMING: {icon: 'both', label: 'Bidirectional', says: 'both sides send when they like'},
};

export function manyRequests(method) {
    return method.kind === 'CLIENT_STREAMING' || method.kind === 'BIDI_STREAMING';
}

export function manyResponses(method) {
    return method.kind === 'SERVER_STREAMING' || method.kind === 'BIDI_STREAMING';
}
