package dlvext

// The forms in which an attribute's value is written: DWARF 5, section 7.5.6,
// and the two of GNU's for split debug files.
const (
	formAddr          = 0x01
	formBlock2        = 0x03
	formBlock4        = 0x04
	formData2         = 0x05
	formData4         = 0x06
	formData8         = 0x07
	formString        = 0x08
	formBlock         = 0x09
	formBlock1        = 0x0a
	formData1         = 0x0b
	formFlag          = 0x0c
	formSdata         = 0x0d
	formStrp          = 0x0e
	formUdata         = 0x0f
	formRefAddr       = 0x10
	formRef1          = 0x11
	formRef2          = 0x12
	formRef4          = 0x13
	formRef8          = 0x14
	formRefUdata      = 0x15
	formIndirect      = 0x16
	formSecOffset     = 0x17
	formExprloc       = 0x18
	formFlagPresent   = 0x19
	formStrx          = 0x1a
	formAddrx         = 0x1b
	formRefSup4       = 0x1c
	formStrpSup       = 0x1d
	formData16        = 0x1e
	formLineStrp      = 0x1f
	formRefSig8       = 0x20
	formImplicitConst = 0x21
	formLoclistx      = 0x22
	formRnglistx      = 0x23
	formRefSup8       = 0x24
	formStrx1         = 0x25
	formStrx2         = 0x26
	formStrx3         = 0x27
	formStrx4         = 0x28
	formAddrx1        = 0x29
	formAddrx2        = 0x2a
	formAddrx3        = 0x2b
	formAddrx4        = 0x2c
	formGNURefAlt     = 0x1f20
	formGNUStrpAlt    = 0x1f21
)

// form passes over a value and returns it, as far as it is a number or an
// inline string.
func (c *decoder) form(form uint64, u *unit) value {
	v := value{form: form}
	switch form {
	case formFlagPresent, formImplicitConst:
	case formData1, formFlag, formRef1, formStrx1, formAddrx1:
		v.num = c.uint(1)
	case formData2, formRef2, formStrx2, formAddrx2:
		v.num = c.uint(2)
	case formStrx3, formAddrx3:
		v.num = c.uint(3)
	case formData4, formRef4, formStrx4, formAddrx4, formRefSup4:
		v.num = c.uint(4)
	case formData8, formRef8, formRefSig8, formRefSup8:
		v.num = c.uint(8)
	case formData16:
		c.skip(16)
	case formAddr:
		v.num = c.uint(u.addrSize)
	case formUdata, formRefUdata, formStrx, formAddrx, formLoclistx, formRnglistx:
		v.num = c.uleb()
	case formSdata:
		c.sleb()
	case formString:
		v.bytes = c.string()
	case formStrp, formLineStrp, formSecOffset, formStrpSup, formGNURefAlt, formGNUStrpAlt:
		v.num = c.uint(u.offsetSize())
	case formRefAddr:
		if u.version == 2 {
			v.num = c.uint(u.addrSize)
		} else {
			v.num = c.uint(u.offsetSize())
		}
	case formBlock1:
		c.skip(c.uint(1))
	case formBlock2:
		c.skip(c.uint(2))
	case formBlock4:
		c.skip(c.uint(4))
	case formBlock, formExprloc:
		c.skip(c.uleb())
	case formIndirect:
		if form := c.uleb(); form != formIndirect && form != formImplicitConst {
			return c.form(form, u)
		}
		c.bad = true
	default:
		c.bad = true
	}
	return v
}

// value is an attribute's value, as far as names need it.
type value struct {
	num   uint64
	bytes []byte // of an inline string
	form  uint64
}

func (v value) string(u *unit, sections map[string][]byte) string {
	switch v.form {
	case formString:
		return string(v.bytes)
	case formStrp:
		return stringAt(sections[".debug_str"], v.num)
	case formLineStrp:
		return stringAt(sections[".debug_line_str"], v.num)
	case formStrx, formStrx1, formStrx2, formStrx3, formStrx4:
		size := uint64(u.offsetSize())
		offsets := sections[".debug_str_offsets"]
		at := u.strBase + v.num*size
		if v.num > uint64(len(offsets)) || u.strBase > uint64(len(offsets)) || at > uint64(len(offsets)) {
			return ""
		}
		c := decoder{data: offsets, pos: int(at)}
		return stringAt(sections[".debug_str"], c.uint(int(size)))
	}
	return ""
}

func stringAt(data []byte, at uint64) string {
	if at >= uint64(len(data)) {
		return ""
	}
	c := decoder{data: data, pos: int(at)}
	return string(c.string())
}
