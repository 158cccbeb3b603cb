package main

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/aliyun/aliyun-odps-go-sdk/arrow"
	"github.com/aliyun/aliyun-odps-go-sdk/arrow/array"
	"github.com/aliyun/aliyun-odps-go-sdk/arrow/decimal128"
	"github.com/aliyun/aliyun-odps-go-sdk/arrow/memory"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/tableschema"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/tunnel"
)

// toArrow lays rows of the vectors' conventions out as one record batch of the session's Arrow schema.
func toArrow(rows [][]any, columns []tableschema.Column, schema *arrow.Schema) (array.Record, error) {
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	for _, row := range rows {
		for i := range columns {
			if err := appendArrow(builder.Field(i), row[i], schema.Field(i).Type); err != nil {
				return nil, fmt.Errorf("column %s: %w", columns[i].Name, err)
			}
		}
	}
	return builder.NewRecord(), nil
}

func appendArrow(to array.Builder, value any, kind arrow.DataType) error {
	if value == nil {
		to.AppendNull()
		return nil
	}
	switch b := to.(type) {
	case *array.Int8Builder:
		b.Append(int8(value.(float64)))
	case *array.Int16Builder:
		b.Append(int16(value.(float64)))
	case *array.Int32Builder:
		b.Append(int32(value.(float64)))
	case *array.Int64Builder:
		n, err := strconv.ParseInt(value.(string), 10, 64)
		b.Append(n)
		return err
	case *array.Float32Builder:
		b.Append(float32(float(value)))
	case *array.Float64Builder:
		b.Append(float(value))
	case *array.BooleanBuilder:
		b.Append(value.(bool))
	case *array.StringBuilder:
		b.Append(value.(string))
	case *array.BinaryBuilder:
		bytes, err := hex.DecodeString(value.(map[string]any)["hex"].(string))
		b.Append(bytes)
		return err
	case *array.Date32Builder:
		t, err := time.Parse("2006-01-02", value.(string))
		b.Append(arrow.Date32(floorDiv(t.Unix(), 86400)))
		return err
	case *array.TimestampBuilder:
		parts := value.(map[string]any)
		if millis, ok := parts["epoch_ms"]; ok {
			n, err := strconv.ParseInt(millis.(string), 10, 64)
			b.Append(arrow.Timestamp(n))
			return err
		}
		t, err := instant(value)
		b.Append(arrow.Timestamp(t.UnixNano()))
		return err
	case *array.Decimal128Builder:
		scale := int(kind.(*arrow.Decimal128Type).Scale)
		unscaled, err := unscaledOf(value.(string), scale)
		if err != nil {
			return err
		}
		b.Append(decimal128.FromBigInt(unscaled))
	case *array.ListBuilder:
		b.Append(true)
		for _, item := range value.([]any) {
			if err := appendArrow(b.ValueBuilder(), item, kind.(*arrow.ListType).Elem()); err != nil {
				return err
			}
		}
	case *array.StructBuilder:
		b.Append(true)
		for i, field := range kind.(*arrow.StructType).Fields() {
			if err := appendArrow(b.FieldBuilder(i), value.([]any)[i], field.Type); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("unsupported: this client has no builder for %s", kind.Name())
	}
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func unscaledOf(text string, scale int) (*big.Int, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) > scale {
		return nil, fmt.Errorf("%s has more than %d fraction digits", text, scale)
	}
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10)
	if !ok {
		return nil, fmt.Errorf("%q is no decimal", text)
	}
	return n, nil
}

func readArrow(reader *tunnel.RecordArrowReader, columns []tableschema.Column) ([][]any, error) {
	defer reader.Close()
	rows := [][]any{}
	var failed error
	reader.Iterator(func(batch array.Record, err error) {
		if err != nil {
			failed = err
			return
		}
		for r := 0; r < int(batch.NumRows()); r++ {
			row := make([]any, len(columns))
			for c := range columns {
				value, err := fromArrow(batch.Column(c), r)
				if err != nil {
					failed = fmt.Errorf("column %s: %w", columns[c].Name, err)
					return
				}
				row[c] = value
			}
			rows = append(rows, row)
		}
	})
	return rows, failed
}

func fromArrow(from array.Interface, i int) (any, error) {
	if from.IsNull(i) {
		return nil, nil
	}
	switch a := from.(type) {
	case *array.Int8:
		return int(a.Value(i)), nil
	case *array.Int16:
		return int(a.Value(i)), nil
	case *array.Int32:
		return int(a.Value(i)), nil
	case *array.Int64:
		return strconv.FormatInt(a.Value(i), 10), nil
	case *array.Float32:
		return fromFloat(float64(a.Value(i))), nil
	case *array.Float64:
		return fromFloat(a.Value(i)), nil
	case *array.Boolean:
		return a.Value(i), nil
	case *array.String:
		return a.Value(i), nil
	case *array.Binary:
		return map[string]any{"hex": hex.EncodeToString(a.Value(i))}, nil
	case *array.Date32:
		return time.Unix(int64(a.Value(i))*86400, 0).UTC().Format("2006-01-02"), nil
	case *array.Timestamp:
		if a.DataType().(*arrow.TimestampType).Unit == arrow.Millisecond {
			return map[string]any{"epoch_ms": strconv.FormatInt(int64(a.Value(i)), 10)}, nil
		}
		return fromInstant(time.Unix(0, int64(a.Value(i)))), nil
	case *array.Decimal128:
		return decimalText(a.Value(i).BigInt(), int(a.DataType().(*arrow.Decimal128Type).Scale)), nil
	case *array.MonthInterval:
		return int(a.Value(i)), nil
	case *array.DayTimeInterval:
		v := a.Value(i)
		total := int64(v.Days)*86400*1000 + int64(v.Milliseconds)
		return map[string]any{
			"seconds": strconv.FormatInt(floorDiv(total, 1000), 10),
			"nanos":   (total - floorDiv(total, 1000)*1000) * 1000000,
		}, nil
	case *array.List:
		out := []any{}
		for j := a.Offsets()[i+a.Data().Offset()]; j < a.Offsets()[i+1+a.Data().Offset()]; j++ {
			item, err := fromArrow(a.ListValues(), int(j))
			if err != nil {
				return nil, err
			}
			out = append(out, item)
		}
		return out, nil
	case *array.Struct:
		out := []any{}
		for f := 0; f < a.NumField(); f++ {
			item, err := fromArrow(a.Field(f), i)
			if err != nil {
				return nil, err
			}
			out = append(out, item)
		}
		return out, nil
	}
	return nil, fmt.Errorf("unsupported: Arrow %s", from.DataType().Name())
}

func decimalText(unscaled *big.Int, scale int) string {
	sign := ""
	if unscaled.Sign() < 0 {
		sign = "-"
	}
	digits := new(big.Int).Abs(unscaled).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	if scale == 0 {
		return sign + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}
