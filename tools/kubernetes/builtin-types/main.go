// Writes what Go knows about Kubernetes' built-in kinds and OpenAPI does not tell: field types,
// omitempty flags, and in which version a kind came, went and by what it was replaced.
//
//	go run ./builtin-types ../../onestack/local/kubernetes/builtin_types.json.gz
package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	kscheme "k8s.io/client-go/kubernetes/scheme"
)

var ids = map[reflect.Type]int{}
var types []map[string]string

func code(t reflect.Type) string {
	switch t.String() {
	case "resource.Quantity":
		return "quantity"
	case "v1.Time":
		return "time"
	case "v1.MicroTime":
		return "microtime"
	case "v1.Duration":
		return "string"
	case "intstr.IntOrString":
		return "intstr"
	case "runtime.RawExtension", "v1.FieldsV1", "runtime.Unknown":
		return "any"
	}
	switch t.Kind() {
	case reflect.Ptr:
		return "*" + code(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64, reflect.Uint8, reflect.Int8:
		return "int"
	case reflect.Float32, reflect.Float64:
		return "float"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + code(t.Elem())
	case reflect.Map:
		return "{}" + code(t.Elem())
	case reflect.Struct:
		return fmt.Sprint(id(t))
	}
	return "any"
}

func fields(t reflect.Type, out map[string]string) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if tag == "-" || (f.PkgPath != "" && !f.Anonymous) {
			continue
		}
		parts := strings.Split(tag, ",")
		if parts[0] == "" {
			if f.Anonymous {
				ft := f.Type
				if ft.Kind() == reflect.Ptr {
					ft = ft.Elem()
				}
				fields(ft, out)
			}
			continue
		}
		c := code(f.Type)
		for _, p := range parts[1:] {
			if p == "omitempty" {
				c += "?"
			}
			if p == "omitzero" {
				c += "!"
			}
		}
		out[parts[0]] = c
	}
}

func id(t reflect.Type) int {
	if n, ok := ids[t]; ok {
		return n
	}
	n := len(types)
	ids[t] = n
	types = append(types, nil)
	out := map[string]string{}
	fields(t, out)
	types[n] = out
	return n
}

type introduced interface{ APILifecycleIntroduced() (int, int) }
type removed interface{ APILifecycleRemoved() (int, int) }
type replacement interface {
	APILifecycleReplacement() schema.GroupVersionKind
}

func main() {
	kinds := map[string]map[string]int{}
	life := map[string][]any{}
	all := kscheme.Scheme.AllKnownTypes()
	keys := []schema.GroupVersionKind{}
	for k := range all {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	for _, k := range keys {
		t := all[k]
		if k.Version == "__internal" || strings.HasSuffix(k.Kind, "Options") || k.Kind == "WatchEvent" || !strings.Contains(t.PkgPath(), "k8s.io/api/") {
			continue
		}
		o := reflect.New(t).Interface()
		row := []any{0, 0, 0, 0, ""}
		has := false
		if x, ok := o.(introduced); ok {
			a, b := x.APILifecycleIntroduced()
			row[0], row[1], has = a, b, true
		}
		if x, ok := o.(removed); ok {
			a, b := x.APILifecycleRemoved()
			row[2], row[3], has = a, b, true
		}
		if x, ok := o.(replacement); ok {
			r := x.APILifecycleReplacement()
			row[4], has = r.GroupVersion().String()+"/"+r.Kind, true
		}
		if _, ok := t.FieldByName("ObjectMeta"); !ok {
			continue
		}
		if has {
			life[k.GroupVersion().String()+"/"+k.Kind] = row
		}
		gv := k.GroupVersion().String()
		if kinds[gv] == nil {
			kinds[gv] = map[string]int{}
		}
		kinds[gv][k.Kind] = id(t)
	}
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: go run ./builtin-types FILE.json.gz"))
	}
	content, err := json.Marshal(map[string]any{"kinds": kinds, "types": types, "lifecycle": life})
	fail(err)
	file, err := os.Create(os.Args[1])
	fail(err)
	packed := gzip.NewWriter(file)
	_, err = packed.Write(content)
	fail(err)
	fail(packed.Close())
	fail(file.Close())
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
