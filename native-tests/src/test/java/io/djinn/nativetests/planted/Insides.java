package io.djinn.nativetests.planted;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** Fields and methods of objects whose classes this package does not see. */
final class Insides {
  private Insides() {}

  @SuppressWarnings("unchecked")
  static <T> T get(Object owner, String field) throws ReflectiveOperationException {
    return (T) field(owner, field).get(owner);
  }

  static void set(Object owner, String field, Object value) throws ReflectiveOperationException {
    field(owner, field).set(owner, value);
  }

  private static Field field(Object owner, String name) throws NoSuchFieldException {
    for (Class<?> type = owner.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field;
        }
      }
    }
    throw new NoSuchFieldException(owner.getClass() + "." + name);
  }

  /** Calls a method, found by name and number of arguments. */
  static <T> T call(Object owner, String name, Object... arguments) throws Exception {
    return call(owner.getClass(), owner, name, arguments);
  }

  /** Calls a static method, found by name and number of arguments. */
  static <T> T callStatic(String className, String name, Object... arguments) throws Exception {
    return call(Class.forName(className), null, name, arguments);
  }

  @SuppressWarnings("unchecked")
  private static <T> T call(Class<?> owner, Object self, String name, Object... arguments)
      throws Exception {
    for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
          method.setAccessible(true);
          try {
            return (T) method.invoke(self, arguments);
          } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
              throw error;
            }
            throw (Exception) e.getCause();
          }
        }
      }
    }
    throw new NoSuchMethodException(owner + "." + name + "/" + arguments.length);
  }
}
