package io.rpcspring.validation;

import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;

/**
 * Writes where in a message something is wrong.
 */
final class FieldPaths {

    private FieldPaths() {
    }

    /**
     * A path from the outermost field.
     * @param path where it is
     * @param keys whether keys of maps are told, which are the sender's
     */
    static String text(FieldPath path, boolean keys) {
        StringBuilder text = new StringBuilder();
        for (FieldPathElement element : path.getElementsList()) {
            text.append(text.isEmpty() ? "" : ".").append(element.getFieldName());
            switch (element.getSubscriptCase()) {
                case INDEX -> text.append('[').append(element.getIndex()).append(']');
                case BOOL_KEY -> text.append(key(element.getBoolKey(), keys));
                case INT_KEY -> text.append(key(element.getIntKey(), keys));
                case UINT_KEY -> text.append(key(Long.toUnsignedString(element.getUintKey()), keys));
                case STRING_KEY -> text.append(key('"' + element.getStringKey() + '"', keys));
                case SUBSCRIPT_NOT_SET -> {
                }
            }
        }
        return text.toString();
    }

    private static String key(Object key, boolean shown) {
        return shown ? "[" + key + "]" : "[…]";
    }

}
