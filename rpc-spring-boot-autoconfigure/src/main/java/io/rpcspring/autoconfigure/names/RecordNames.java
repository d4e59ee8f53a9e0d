package io.rpcspring.autoconfigure.names;

import java.lang.reflect.Parameter;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Reads from records which properties the values of a map have.
 *
 * @param classLoader has the records
 */
record RecordNames(ClassLoader classLoader) {

    /** Values of other types may have any. */
    void addMap(KnownName map, String valueType) {
        Class<?> values = ClassUtils.isPresent(valueType, this.classLoader)
                ? ClassUtils.resolveClassName(valueType, this.classLoader) : null;
        if (values == null || !values.isRecord()) {
            map.property(KnownName.OPEN, () -> true);
        }
        else {
            addRecord(map.values(), values);
        }
    }

    private void addRecord(KnownName group, Class<?> record) {
        for (Parameter component : record.getDeclaredConstructors()[0].getParameters()) {
            KnownName known = group.child(DataObjectPropertyName.toDashedForm(component.getName()));
            ResolvableType type = ResolvableType.forType(component.getParameterizedType());
            if (type.toClass().isRecord()) {
                addRecord(known, type.toClass());
            }
            else if (type.toClass() == Map.class) {
                addMap(known, type.getGeneric(1).toClass().getName());
            }
            else {
                known.property(type.toClass().getName(), () -> isEmpty(component.getAnnotation(DefaultValue.class)));
            }
        }
    }

    private static boolean isEmpty(@Nullable DefaultValue value) {
        return value != null && value.value().length == 1 && value.value()[0].isEmpty();
    }

}
