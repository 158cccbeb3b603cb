package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/aliyun/aliyun-odps-go-sdk/odps/data"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/datatype"
	"github.com/aliyun/aliyun-odps-go-sdk/odps/tableschema"
)

func toRecord(row []any, columns []tableschema.Column) (data.Record, error) {
	record := data.NewRecord(len(columns))
	for i, c := range columns {
		value, err := toData(row[i], c.Type)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		record[i] = value
	}
	return record, nil
}

// toData makes the SDK's value of one in the vectors' conventions.
func toData(value any, kind datatype.DataType) (data.Data, error) {
	if value == nil {
		return nil, nil
	}
	switch kind.ID() {
	case datatype.TINYINT:
		return data.TinyInt(int8(value.(float64))), nil
	case datatype.SMALLINT:
		return data.SmallInt(int16(value.(float64))), nil
	case datatype.INT:
		return data.Int(int32(value.(float64))), nil
	case datatype.BIGINT:
		n, err := strconv.ParseInt(value.(string), 10, 64)
		return data.BigInt(n), err
	case datatype.FLOAT:
		return data.Float(float32(float(value))), nil
	case datatype.DOUBLE:
		return data.Double(float(value)), nil
	case datatype.BOOLEAN:
		return data.Bool(value.(bool)), nil
	case datatype.STRING:
		return data.String(value.(string)), nil
	case datatype.CHAR:
		return data.NewChar(kind.(datatype.CharType).Length, value.(string))
	case datatype.VARCHAR:
		return data.NewVarChar(kind.(datatype.VarcharType).Length, value.(string))
	case datatype.BINARY:
		bytes, err := hex.DecodeString(value.(map[string]any)["hex"].(string))
		return data.Binary(bytes), err
	case datatype.DECIMAL:
		d := kind.(datatype.DecimalType)
		return data.NewDecimal(int(d.Precision), int(d.Scale), value.(string)), nil
	case datatype.DATE:
		return data.NewDate(value.(string))
	case datatype.DATETIME:
		n, err := strconv.ParseInt(value.(map[string]any)["epoch_ms"].(string), 10, 64)
		return data.DateTime(time.UnixMilli(n)), err
	case datatype.TIMESTAMP:
		t, err := instant(value)
		return data.Timestamp(t), err
	case datatype.TIMESTAMP_NTZ:
		t, err := instant(value)
		return data.TimestampNtz(t), err
	case datatype.IntervalDayTime:
		t, err := instant(value)
		return data.NewIntervalDayTime(t.Unix(), int32(t.Nanosecond())), err
	case datatype.IntervalYearMonth:
		return data.IntervalYearMonth(int32(value.(float64))), nil
	case datatype.JSON:
		return rawJSON(value.(string))
	case datatype.ARRAY:
		t := kind.(datatype.ArrayType)
		out := data.NewArrayWithType(t)
		for _, item := range value.([]any) {
			made, err := toData(item, t.ElementType)
			if err != nil {
				return nil, err
			}
			out.UnSafeAppend(made)
		}
		return out, nil
	case datatype.MAP:
		t := kind.(datatype.MapType)
		out := data.NewMapWithType(t)
		for _, pair := range value.([]any) {
			key, err := toData(pair.([]any)[0], t.KeyType)
			if err != nil {
				return nil, err
			}
			item, err := toData(pair.([]any)[1], t.ValueType)
			if err != nil {
				return nil, err
			}
			if item == nil {
				out.ToGoMap()[key] = nil
				continue
			}
			if err := out.Set(key, item); err != nil {
				return nil, err
			}
		}
		return out, nil
	case datatype.STRUCT:
		t := kind.(datatype.StructType)
		out := data.NewStructWithTyp(t)
		for i, field := range t.Fields {
			made, err := toData(value.([]any)[i], field.Type)
			if err != nil {
				return nil, err
			}
			if made == nil {
				err = out.SetField(field.Name, nil)
			} else {
				err = out.SetField(field.Name, made)
			}
			if err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("unsupported: this client has no type %s", kind.Name())
}

func rawJSON(text string) (data.Data, error) {
	return data.NewJson(jsonValue(text))
}

func float(value any) float64 {
	if text, ok := value.(string); ok {
		switch text {
		case "NaN":
			return math.NaN()
		case "Infinity":
			return math.Inf(1)
		case "-Infinity":
			return math.Inf(-1)
		}
	}
	return value.(float64)
}

func fromFloat(value float64) any {
	switch {
	case math.IsNaN(value):
		return "NaN"
	case math.IsInf(value, 1):
		return "Infinity"
	case math.IsInf(value, -1):
		return "-Infinity"
	}
	return value
}

func instant(value any) (time.Time, error) {
	parts := value.(map[string]any)
	seconds, err := strconv.ParseInt(parts["seconds"].(string), 10, 64)
	return time.Unix(seconds, int64(parts["nanos"].(float64))).UTC(), err
}

func fromInstant(t time.Time) any {
	return map[string]any{"seconds": strconv.FormatInt(t.Unix(), 10), "nanos": t.Nanosecond()}
}

// fromData tells a value of the SDK in the vectors' conventions.
func fromData(value data.Data) (any, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case data.NullData, *data.NullData:
		return nil, nil
	case data.TinyInt:
		return int(v), nil
	case data.SmallInt:
		return int(v), nil
	case data.Int:
		return int(v), nil
	case data.BigInt:
		return strconv.FormatInt(int64(v), 10), nil
	case data.Float:
		return fromFloat(float64(v)), nil
	case data.Double:
		return fromFloat(float64(v)), nil
	case data.Bool:
		return bool(v), nil
	case data.String:
		return string(v), nil
	case *data.Char:
		return v.Data(), nil
	case data.Char:
		return v.Data(), nil
	case *data.VarChar:
		return v.Data(), nil
	case data.VarChar:
		return v.Data(), nil
	case data.Binary:
		return map[string]any{"hex": hex.EncodeToString(v)}, nil
	case *data.Decimal:
		return v.Value(), nil
	case data.Decimal:
		return v.Value(), nil
	case data.Date:
		return v.Time().UTC().Format("2006-01-02"), nil
	case data.DateTime:
		return map[string]any{"epoch_ms": strconv.FormatInt(v.Time().UnixMilli(), 10)}, nil
	case data.Timestamp:
		return fromInstant(v.Time()), nil
	case data.TimestampNtz:
		return fromInstant(v.Time()), nil
	case data.IntervalDayTime:
		return map[string]any{
			"seconds": strconv.FormatInt(v.Seconds(), 10), "nanos": v.NanosFraction(),
		}, nil
	case data.IntervalYearMonth:
		return int(v), nil
	case *data.Json:
		return v.GetData(), nil
	case data.Json:
		return v.GetData(), nil
	case *data.Array:
		out := []any{}
		for _, item := range v.ToSlice() {
			made, err := fromData(item)
			if err != nil {
				return nil, err
			}
			out = append(out, made)
		}
		return out, nil
	case *data.Map:
		out := []any{}
		for key, item := range v.ToGoMap() {
			k, err := fromData(key)
			if err != nil {
				return nil, err
			}
			made, err := fromData(item)
			if err != nil {
				return nil, err
			}
			out = append(out, []any{k, made})
		}
		return out, nil
	case *data.Struct:
		out := []any{}
		for _, field := range v.Fields() {
			made, err := fromData(field.Value)
			if err != nil {
				return nil, err
			}
			out = append(out, made)
		}
		return out, nil
	}
	return nil, fmt.Errorf("unsupported: value of %T", value)
}

func jsonValue(text string) any {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return text
	}
	return value
}
