package io.djinn.opclass;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The operator classes known in this JVM, by the names people write, and the functions beside. */
public final class OperatorClasses {
  private static final Map<String, OperatorClassProvider> PROVIDERS = load();

  private OperatorClasses() {}

  private static Map<String, OperatorClassProvider> load() {
    Map<String, OperatorClassProvider> providers = new TreeMap<>();
    ClassLoader loader = OperatorClasses.class.getClassLoader();
    for (OperatorClassProvider provider : ServiceLoader.load(OperatorClassProvider.class, loader)) {
      add(provider, providers);
    }
    for (OperatorClassFamily family : ServiceLoader.load(OperatorClassFamily.class, loader)) {
      family.providers().forEach(provider -> add(provider, providers));
    }
    return providers;
  }

  private static void add(
      OperatorClassProvider provider, Map<String, OperatorClassProvider> providers) {
    OperatorClassProvider other = providers.putIfAbsent(provider.name(), provider);
    if (other != null) {
      throw new IllegalStateException(
          "operator class "
              + provider.name()
              + " has two providers: "
              + other.getClass().getName()
              + " and "
              + provider.getClass().getName());
    }
  }

  /** The functions of text search; throws where none are on the class path. */
  public static TextSearchFunctions textSearch() {
    return service(TextSearchFunctions.class);
  }

  /** The functions of trigrams; throws where none are on the class path. */
  public static TrigramFunctions trigrams() {
    return service(TrigramFunctions.class);
  }

  private static <T> T service(Class<T> type) {
    return ServiceLoader.load(type, OperatorClasses.class.getClassLoader())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no provider of " + type.getName()));
  }

  /** Names of all operator classes, in order. */
  public static List<String> names() {
    return List.copyOf(PROVIDERS.keySet());
  }

  /**
   * The operator class of a name and an argument; "" means the class's first argument.
   *
   * @throws IllegalArgumentException naming the valid names or arguments
   */
  public static GinOperatorClass find(String name, String argument) {
    OperatorClassProvider provider = PROVIDERS.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          "unknown operator class \"" + name + "\"; known are " + String.join(", ", names()));
    }
    List<String> arguments = provider.arguments();
    if (argument.isEmpty()) {
      return provider.create(arguments.isEmpty() ? "" : arguments.get(0));
    }
    if (!arguments.contains(argument)) {
      throw new IllegalArgumentException(
          "operator class "
              + name
              + (arguments.isEmpty()
                  ? " takes no argument"
                  : " takes one of " + String.join(", ", arguments))
              + ", not \""
              + argument
              + "\"");
    }
    return provider.create(argument);
  }
}
